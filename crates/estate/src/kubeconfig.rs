use sekisho_model::Place;
use sekisho_yaml::{Document, Limits, Node, Value, parse_shared};

use crate::Text;

/// True for a kubeconfig (`v1` `Config` of client-go's `clientcmd`): it configures kubectl, no API server takes it.
pub(crate) fn is_kubeconfig(document: &Document) -> bool {
    let root = document.root();
    text(root, "apiVersion") == Some("v1")
        && text(root, "kind") == Some("Config")
        && ["clusters", "contexts"]
            .iter()
            .any(|key| root.get(key).is_some())
}

/// The folders that hold a kubeconfig for one cluster, with the place that its name tells: what lies below lives there.
pub(crate) fn folders(texts: &[Text]) -> Vec<(String, Place)> {
    texts
        .iter()
        .filter(|text| text.text.contains("clusters") && text.text.contains("Config"))
        .filter_map(|file| {
            let stream = parse_shared(&file.text, &Limits::default());
            let document = stream.documents.iter().find(|one| is_kubeconfig(one))?;
            let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            Some((folder.to_owned(), place(document.root())?))
        })
        .collect()
}

/// The cluster of the current context, or the only one.
fn place(root: Node<'_>) -> Option<Place> {
    let names = |list: &str| -> Vec<&str> {
        let items = root
            .get(list)
            .into_iter()
            .flat_map(|entry| entry.value.items());
        items.filter_map(|item| text(item, "name")).collect()
    };
    let current = text(root, "current-context").and_then(|wanted| {
        let mut contexts = root.get("contexts")?.value.items();
        let context = contexts.find(|item| text(*item, "name") == Some(wanted))?;
        text(context.get("context")?.value, "cluster")
    });
    let clusters = names("clusters");
    let only = match clusters.as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    of_name(current.or(only)?)
}

/// `aws eks update-kubeconfig` names a cluster by its ARN, eksctl `NAME.REGION.eksctl.io`.
fn of_name(name: &str) -> Option<Place> {
    if let Some(rest) = name.strip_prefix("arn:") {
        let parts: Vec<&str> = rest.splitn(5, ':').collect();
        let [_, "eks", _, account, resource] = parts.as_slice() else {
            return None;
        };
        return Some(Place {
            account: Some((*account).to_owned()),
            cluster: Some(resource.strip_prefix("cluster/")?.to_owned()),
            environment: None,
        });
    }
    let cluster = match name.strip_suffix(".eksctl.io") {
        Some(rest) => rest.rsplit_once('.').map_or(rest, |(cluster, _)| cluster),
        None => name,
    };
    Some(Place {
        cluster: Some(cluster.to_owned()),
        ..Place::default()
    })
}

fn text<'d>(node: Node<'d>, key: &str) -> Option<&'d str> {
    match node.get(key)?.value.value() {
        Value::String(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn the_current_context_tells_account_and_cluster() {
        let config = "apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts:\n- name: a\n  context: {cluster: 'arn:aws:eks:ap-northeast-1:111122223333:cluster/shop'}\nclusters:\n- name: other\n- name: arn:aws:eks:ap-northeast-1:111122223333:cluster/shop\n";
        let file = Text {
            path: "eks/kubeconfig.yaml".to_owned(),
            text: Arc::from(config),
            rendered_by: None,
        };
        let found = folders(&[file]);
        let (folder, place) = found.first().unwrap();
        assert_eq!(folder, "eks");
        assert_eq!(place.account.as_deref(), Some("111122223333"));
        assert_eq!(place.cluster.as_deref(), Some("shop"));
    }

    #[test]
    fn an_eksctl_name_tells_the_cluster() {
        let place = of_name("shop.ap-northeast-1.eksctl.io").unwrap();
        assert_eq!(place.cluster.as_deref(), Some("shop"));
    }
}
