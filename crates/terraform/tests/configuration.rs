//! What a caller reads off a configuration: references, origins, unknown values, problems.

#[cfg(test)]
mod configuration {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use sekisho_terraform::{
        Address, Cause, Configuration, Input, Key, Nothing, Outside, ProblemKind, Value, evaluate,
    };

    fn texts(files: &[(&str, &str)]) -> BTreeMap<String, Arc<str>> {
        files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), Arc::from(*text)))
            .collect()
    }

    fn of(text: &str) -> Configuration {
        evaluate(&Input::of(&texts(&[("main.tf", text)])), &Nothing)
    }

    fn at(value: &Value, route: &[&str]) -> Value {
        route.iter().fold(value.clone(), |value, step| {
            let item = step.parse::<usize>().ok();
            match item.zip(value.items()) {
                Some((at, items)) => value.inside(&items[at]),
                None => value
                    .get(step)
                    .unwrap_or_else(|| panic!("no {step} in {value:?}")),
            }
        })
    }

    fn json(value: &Value) -> String {
        value
            .to_json()
            .unwrap_or_else(|| panic!("not known: {value:?}"))
    }

    #[test]
    fn references_join_resources_that_do_not_exist_yet() {
        let found = of(r#"
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "aws_subnet" "s" {
  for_each   = toset(["a", "b"])
  vpc_id     = aws_vpc.v.id
  cidr_block = cidrsubnet(aws_vpc.v.cidr_block, 8, each.key == "a" ? 1 : 2)
}
resource "aws_eks_cluster" "c" {
  vpc_config { subnet_ids = [for s in aws_subnet.s : s.id] }
  role_arn = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:role/eks"
}
data "aws_caller_identity" "me" {}
"#);
        assert!(found.problems.is_empty(), "{:?}", found.problems);
        let subnet = found.resource("aws_subnet.s[\"b\"]").unwrap();
        assert_eq!(
            json(&subnet.values.get("cidr_block").unwrap()),
            "\"10.0.2.0/24\""
        );
        let vpc = at(&subnet.values, &["vpc_id"]);
        assert_eq!(
            vpc.as_unknown().unwrap().is_exactly().unwrap().to_string(),
            "aws_vpc.v.id"
        );
        let cluster = found.resource("aws_eks_cluster.c").unwrap();
        let ids = at(&cluster.values, &["vpc_config", "0", "subnet_ids"]);
        let joined: Vec<String> = ids
            .items()
            .unwrap()
            .iter()
            .map(|id| id.as_unknown().unwrap().is_exactly().unwrap().to_string())
            .collect();
        assert_eq!(joined, ["aws_subnet.s[\"a\"].id", "aws_subnet.s[\"b\"].id"]);
        let role = at(&cluster.values, &["role_arn"]);
        assert_eq!(
            role.as_unknown()
                .unwrap()
                .references()
                .next()
                .unwrap()
                .to_string(),
            "data.aws_caller_identity.me.account_id"
        );
        assert_eq!(role.as_unknown().unwrap().pieces.len(), 3);
    }

    #[test]
    fn origins_lead_through_calls_to_the_place_that_was_written() {
        let main = "locals { wide = [\"0.0.0.0/0\"] }\nmodule \"net\" {\n  source = \"./net\"\n  cidrs  = local.wide\n}\n";
        let net = "variable \"cidrs\" { type = list(string) }\nresource \"aws_security_group\" \"s\" {\n  ingress { cidr_blocks = var.cidrs }\n}\n";
        let texts = texts(&[("main.tf", main), ("net/main.tf", net)]);
        let found = evaluate(&Input::of(&texts), &Nothing);
        let group = found.resource("module.net.aws_security_group.s").unwrap();
        let cidr = at(&group.values, &["ingress", "0", "cidr_blocks", "0"]);
        let origin = cidr.origin().unwrap();
        assert_eq!(origin.place.file.as_ref(), "main.tf");
        assert_eq!(origin.place.span.slice(main), Some("\"0.0.0.0/0\""));
        let via: Vec<&str> = origin.via().map(|via| via.name.as_ref()).collect();
        assert_eq!(via, ["var.cidrs", "local.wide"]);
    }

    #[test]
    fn what_has_no_value_says_so_and_the_rest_is_known() {
        let found = of(r#"
variable "region" {}
variable "n" { type = number }
resource "aws_x" "y" {
  count = var.n
  name  = "web"
  tags  = { region = var.region, fixed = 1 }
}
"#);
        assert!(found.problems.is_empty());
        let resource = &found.resources[0];
        assert_eq!(resource.address.key, Some(Key::Unknown));
        assert_eq!(json(&at(&resource.values, &["name"])), "\"web\"");
        assert_eq!(json(&at(&resource.values, &["tags", "fixed"])), "1");
        let region = at(&resource.values, &["tags", "region"]);
        assert_eq!(
            region.as_unknown().unwrap().causes,
            [Cause::Variable("region".into())]
        );
    }

    #[test]
    fn dynamic_blocks_are_unrolled_or_say_that_they_are_not_known() {
        let found = of(r#"
variable "more" {}
resource "aws_sg" "s" {
  ingress { port = 22 }
  dynamic "ingress" {
    for_each = { a = 80, b = 443 }
    iterator = rule
    content {
      port = rule.value
      name = rule.key
    }
  }
  dynamic "ingress" {
    for_each = var.more
    content { port = ingress.value }
  }
}
"#);
        assert!(found.problems.is_empty(), "{:?}", found.problems);
        let ingress = at(&found.resources[0].values, &["ingress"]);
        let items = ingress.items().unwrap();
        assert_eq!(json(&items[1]), "{\"name\":\"a\",\"port\":80}");
        assert_eq!(items.len(), 4);
        assert_eq!(
            items[3].as_unknown().unwrap().causes,
            [Cause::Variable("more".into())]
        );
    }

    struct Provider;

    impl Outside for Provider {
        fn data_source(&self, _: &Address, config: &Value) -> BTreeMap<Arc<str>, Value> {
            let sid = config.get("statement").and_then(|all| all.to_json());
            BTreeMap::from([("json".into(), Value::from(sid.unwrap().as_str()))])
        }

        fn module_outputs(
            &self,
            _: &Address,
            source: &str,
            inputs: &Value,
        ) -> BTreeMap<Arc<str>, Value> {
            assert_eq!(source, "terraform-aws-modules/eks/aws");
            BTreeMap::from([("cluster_name".into(), inputs.get("name").unwrap())])
        }
    }

    #[test]
    fn a_caller_adds_what_it_knows_of_providers_and_modules() {
        let text = r#"
locals { name = "shop" }
data "aws_iam_policy_document" "d" {
  statement { sid = "x" }
}
resource "aws_iam_policy" "p" { policy = data.aws_iam_policy_document.d.json }
module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "21.0"
  name    = local.name
}
output "name" { value = module.eks.cluster_name }
output "arn" { value = module.eks.cluster_arn }
"#;
        let texts = texts(&[("main.tf", text)]);
        let found = evaluate(&Input::of(&texts), &Provider);
        assert!(found.problems.is_empty(), "{:?}", found.problems);
        let policy = found.resource("aws_iam_policy.p").unwrap();
        assert_eq!(
            at(&policy.values, &["policy"]).as_str(),
            Some("[{\"sid\":\"x\"}]")
        );
        assert_eq!(found.outputs["name"].as_str(), Some("shop"));
        let arn = found.outputs["arn"].as_unknown().unwrap();
        assert_eq!(
            arn.is_exactly().unwrap().to_string(),
            "module.eks.cluster_arn"
        );
        assert_eq!(found.modules[0].folder, None);
        assert_eq!(found.modules[0].version.as_deref(), Some("21.0"));
    }

    #[test]
    fn modules_that_init_fetched_are_read_where_it_put_them() {
        let listed = r#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"a","Source":"x/y/z","Dir":".terraform/modules/a"},{"Key":"a.b","Source":"q","Dir":".terraform/modules/a.b"}]}"#;
        let texts = texts(&[
            (
                "r/main.tf",
                "module \"a\" { source = \"x/y/z\" }\noutput \"o\" { value = module.a.o }",
            ),
            ("r/.terraform/modules/modules.json", listed),
            (
                "r/.terraform/modules/a/m.tf",
                "module \"b\" { source = \"q\" }\noutput \"o\" { value = \"${path.module} ${module.b.o}\" }",
            ),
            (
                "r/.terraform/modules/a.b/m.tf",
                "output \"o\" { value = file(\"${path.module}/t.txt\") }",
            ),
            ("r/.terraform/modules/a.b/t.txt", "text"),
        ]);
        let found = evaluate(
            &Input {
                root: "r",
                ..Input::of(&texts)
            },
            &Nothing,
        );
        assert!(found.problems.is_empty(), "{:?}", found.problems);
        assert_eq!(
            found.outputs["o"].as_str(),
            Some(".terraform/modules/a text")
        );
    }

    #[test]
    fn secrets_stay_secret() {
        let found = of(
            "variable \"p\" {\n  default = \"hunter2\"\n  sensitive = true\n}\nresource \"a\" \"b\" { x = { y = \"p=${var.p}\" } }\n",
        );
        let value = at(&found.resources[0].values, &["x", "y"]);
        assert!(value.is_sensitive());
        assert!(!format!("{found:?}").contains("hunter2"));
    }

    #[test]
    fn circles_are_told_with_their_chain() {
        let found = of(
            "locals {\n  a = local.b\n  b = local.c\n  c = local.a\n}\noutput \"o\" { value = 1 }\n",
        );
        let circles: Vec<&str> = found
            .problems
            .iter()
            .filter(|problem| problem.kind == ProblemKind::Cycle)
            .map(|problem| problem.message.as_str())
            .collect();
        assert_eq!(
            circles,
            ["these refer to each other in a circle: local.a -> local.b -> local.c -> local.a"]
        );
        assert_eq!(json(&found.outputs["o"]), "1");
    }

    #[test]
    fn a_fault_costs_one_attribute() {
        let found = of(
            "resource \"a\" \"b\" {\n  x = nosuch(1)\n  y = 2\n  z = local.none\n}\nresource \"c\" \"d\" { e = a.b.y }\n",
        );
        assert_eq!(found.problems.len(), 2, "{:?}", found.problems);
        let place = found.problems[0].place.as_ref().unwrap();
        assert_eq!((place.span.start, place.span.end), (25, 34));
        assert_eq!(
            json(&at(&found.resource("c.d").unwrap().values, &["e"])),
            "2"
        );
        let failed = at(&found.resource("a.b").unwrap().values, &["x"]);
        assert_eq!(failed.as_unknown().unwrap().causes, [Cause::Failed]);
    }

    #[test]
    fn values_come_from_files_in_terraforms_order() {
        let texts = texts(&[
            (
                "m.tf",
                "variable \"a\" {}\nvariable \"b\" {}\nvariable \"c\" {}\noutput \"o\" { value = [var.a, var.b, var.c] }",
            ),
            ("terraform.tfvars", "a = 1\nb = 1\nc = 1\n"),
            ("x.auto.tfvars", "b = 2\nc = 2\n"),
            ("extra/prod.tfvars", "c = 3\n"),
        ]);
        let files = ["extra/prod.tfvars".to_owned()];
        let found = evaluate(
            &Input {
                var_files: &files,
                ..Input::of(&texts)
            },
            &Nothing,
        );
        assert_eq!(json(&found.outputs["o"]), "[1,2,3]");
    }

    #[test]
    fn a_byte_order_mark_and_carriage_returns_do_not_matter() {
        let found = of(
            "\u{feff}locals {\r\n  a = <<E\r\nx\r\nE\r\n}\r\noutput \"o\" { value = local.a }\r\n",
        );
        assert!(found.problems.is_empty(), "{:?}", found.problems);
        assert_eq!(found.outputs["o"].as_str(), Some("x\r\n"));
    }
}
