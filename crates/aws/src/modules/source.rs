/// A source of `terraform-aws-modules`, however it is written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Source {
    /// `eks` of `terraform-aws-modules/eks/aws` and of `terraform-aws-eks`.
    pub(super) name: String,
    /// `modules/karpenter`; empty for the root module.
    pub(super) submodule: String,
    /// `v20.1.0` of `?ref=v20.1.0`.
    pub(super) reference: Option<String>,
}

const OWNER: &str = "terraform-aws-modules";

/// Registries that serve these modules under one name.
const REGISTRIES: [&str; 2] = ["registry.terraform.io/", "registry.opentofu.org/"];

impl Source {
    /// Reads an address of a registry, of git, or of GitHub (<https://developer.hashicorp.com/terraform/language/modules/sources>);
    /// `None` for every other source.
    pub(super) fn read(written: &str) -> Option<Self> {
        let (address, query) = written.split_once('?').unwrap_or((written, ""));
        let in_registry = REGISTRIES
            .iter()
            .find_map(|host| address.strip_prefix(host))
            .unwrap_or(address);
        if let Some(rest) = in_registry.strip_prefix(OWNER) {
            let (package, submodule) = split(rest);
            let name = package.strip_prefix('/')?.strip_suffix("/aws")?;
            return Self::of(name, submodule, None);
        }
        let reference = query
            .split('&')
            .find_map(|part| part.strip_prefix("ref="))
            .map(str::to_owned);
        let address = address.strip_prefix("git::").unwrap_or(address);
        let address = ["https://", "http://", "ssh://", "git://"]
            .iter()
            .find_map(|scheme| address.strip_prefix(scheme))
            .unwrap_or(address);
        let address = address
            .rsplit_once('@')
            .map_or(address, |(_, address)| address);
        let rest = address.strip_prefix("github.com")?;
        // `git@github.com:owner/repository` and `ssh://git@github.com/owner/repository`.
        let rest = rest.strip_prefix(['/', ':'])?.strip_prefix(OWNER)?;
        let (package, submodule) = split(rest);
        let repository = package.strip_prefix('/')?;
        let repository = repository.strip_suffix(".git").unwrap_or(repository);
        Self::of(
            repository.strip_prefix("terraform-aws-")?,
            submodule,
            reference,
        )
    }

    fn of(name: &str, submodule: &str, reference: Option<String>) -> Option<Self> {
        (!name.is_empty() && !name.contains('/')).then(|| Self {
            name: name.to_owned(),
            submodule: submodule.trim_matches('/').to_owned(),
            reference,
        })
    }
}

/// A package and the folder in it, which follows two slashes.
fn split(address: &str) -> (&str, &str) {
    address.split_once("//").unwrap_or((address, ""))
}
