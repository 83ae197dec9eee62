//! Plans are read into the model of an evaluated configuration.

#[cfg(test)]
mod plan {
    use sekisho_terraform::{Cause, Key, read_plan};

    const PLAN: &str = r#"{
  "format_version": "1.2",
  "variables": {"n": {"value": 12345678901234567890123}},
  "planned_values": {
    "outputs": {"o": {"sensitive": true, "value": "secret"}, "u": {"sensitive": false}},
    "root_module": {
      "resources": [
        {"address": "aws_subnet.a[0]", "mode": "managed", "type": "aws_subnet", "name": "a", "index": 0,
         "values": {"cidr_block": "10.0.0.0/24", "tags": {"k": "v"}}, "sensitive_values": {"tags": {"k": true}}}
      ],
      "child_modules": [{"address": "module.net[\"a.b\"]", "resources": [
        {"address": "module.net[\"a.b\"].aws_eks_cluster.c", "mode": "managed", "type": "aws_eks_cluster", "name": "c",
         "values": {"vpc_config": [{"subnet_ids": null, "public": true}]}, "sensitive_values": {}}]}]
    }
  },
  "resource_changes": [
    {"address": "aws_subnet.a[0]", "change": {"after_unknown": {"id": true, "vpc_id": true, "tags": {}}}},
    {"address": "module.net[\"a.b\"].aws_eks_cluster.c", "change": {"after_unknown": {"vpc_config": [{"subnet_ids": true, "arn": true}]}}}
  ],
  "configuration": {"root_module": {
    "resources": [{"address": "aws_subnet.a", "mode": "managed", "type": "aws_subnet", "name": "a",
      "provider_config_key": "aws.tokyo",
      "expressions": {"vpc_id": {"references": ["aws_vpc.v.id", "aws_vpc.v"]}, "cidr_block": {"references": ["var.c"]}}}],
    "module_calls": {"net": {"source": "./net", "expressions": {"x": {"constant_value": 1}}, "module": {
      "resources": [{"mode": "managed", "type": "aws_eks_cluster", "name": "c",
        "expressions": {"vpc_config": [{"subnet_ids": {"references": ["aws_subnet.b[0].id", "aws_subnet.b[0]", "aws_subnet.b"]}}]}}]}}}
  }}
}"#;

    #[test]
    fn what_is_not_known_says_what_it_refers_to() {
        let found = read_plan("plan.json", PLAN);
        assert!(found.problems.is_empty(), "{:?}", found.problems);
        let subnet = found.resource("aws_subnet.a[0]").unwrap();
        let vpc = subnet.values.get("vpc_id").unwrap();
        assert_eq!(
            vpc.as_unknown().unwrap().is_exactly().unwrap().to_string(),
            "aws_vpc.v.id"
        );
        let id = subnet.values.get("id").unwrap();
        assert_eq!(id.as_unknown().unwrap().causes, [Cause::AfterApply]);
        assert_eq!(subnet.provider.as_deref(), Some("aws.tokyo"));
        assert!(
            subnet
                .values
                .get("tags")
                .unwrap()
                .get("k")
                .unwrap()
                .is_sensitive()
        );
        let place = subnet.values.get("cidr_block").unwrap();
        assert_eq!(
            place.origin().unwrap().place.span.slice(PLAN),
            Some("\"10.0.0.0/24\"")
        );
    }

    #[test]
    fn modules_keep_their_keys_and_references_their_module() {
        let found = read_plan("plan.json", PLAN);
        let cluster = found
            .resource("module.net[\"a.b\"].aws_eks_cluster.c")
            .unwrap();
        assert_eq!(cluster.address.module[0].key, Some(Key::Name("a.b".into())));
        let config = cluster.values.get("vpc_config").unwrap().items().unwrap()[0].clone();
        let ids = config.get("subnet_ids").unwrap();
        assert_eq!(
            ids.as_unknown().unwrap().is_exactly().unwrap().to_string(),
            "module.net[\"a.b\"].aws_subnet.b[0].id"
        );
        assert!(config.get("arn").unwrap().as_unknown().is_some());
        assert_eq!(config.get("public").unwrap().as_bool(), Some(true));
        assert_eq!(
            found.modules[0]
                .inputs
                .get("x")
                .unwrap()
                .to_json()
                .as_deref(),
            Some("1")
        );
    }

    #[test]
    fn outputs_and_variables_are_those_of_the_plan() {
        let found = read_plan("plan.json", PLAN);
        assert!(found.outputs["o"].is_sensitive());
        assert!(found.outputs["u"].as_unknown().is_some());
        assert_eq!(
            found.variables["n"].to_json().as_deref(),
            Some("12345678901234567890123")
        );
        assert!(!format!("{found:?}").contains("secret"));
    }
}
