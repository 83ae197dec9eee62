use std::collections::{BTreeMap, BTreeSet};

use sekisho_terraform::{Input, Outside as _, evaluate};

use super::shelf::SHELVES;
use super::{Told, WellKnown, told};

fn folder(source: &str, version: Option<&str>) -> String {
    match told(source, version) {
        Told::Known { folder, .. } => folder,
        other => panic!("{source} {version:?}: {other:?}"),
    }
}

#[test]
fn a_source_is_known_however_it_is_written() {
    for source in [
        "terraform-aws-modules/eks/aws",
        "registry.terraform.io/terraform-aws-modules/eks/aws",
    ] {
        assert_eq!(folder(source, Some("20.8.4")), "\0modules/eks/20");
    }
    for source in [
        "git::https://github.com/terraform-aws-modules/terraform-aws-eks.git?ref=v20.1.0",
        "git::https://github.com/terraform-aws-modules/terraform-aws-eks?depth=1&ref=v20.1.0",
        "git::ssh://git@github.com/terraform-aws-modules/terraform-aws-eks.git?ref=v20.1.0",
        "git@github.com:terraform-aws-modules/terraform-aws-eks.git?ref=v20.1.0",
        "github.com/terraform-aws-modules/terraform-aws-eks?ref=v20.1.0",
    ] {
        assert_eq!(folder(source, None), "\0modules/eks/20", "{source}");
    }
    assert_eq!(
        folder(
            "terraform-aws-modules/eks/aws//modules/fargate-profile",
            Some("~> 19.0")
        ),
        "\0modules/eks/19/modules/fargate-profile"
    );
    for source in [
        "./modules/eks",
        "somebody/eks/aws",
        "terraform-aws-modules/eks/azurerm",
        "github.com/somebody/terraform-aws-eks",
        "gitlab.com/terraform-aws-modules/terraform-aws-eks",
        "terraform-aws-modules/unheard-of/aws",
    ] {
        assert_eq!(told(source, None), Told::Stranger, "{source}");
    }
}

#[test]
fn a_constraint_picks_the_newest_major_version_that_it_allows() {
    for (constraint, major) in [
        ("~> 20.0", 20),
        ("~> 20.8.4", 20),
        (">= 19, < 21", 20),
        (">= 18.0, <= 19.21", 19),
        ("20.8.4", 20),
        ("= 18.31.2", 18),
        ("<19", 18),
        (">= 19.0.0, != 20.1.0, < 21.0.0", 20),
        ("< 22", 21),
    ] {
        assert_eq!(
            folder("terraform-aws-modules/eks/aws", Some(constraint)),
            format!("\0modules/eks/{major}"),
            "{constraint}"
        );
    }
}

#[test]
fn a_guess_says_so_and_an_unknown_version_names_the_known_ones() {
    for version in [None, Some(">= 19.0"), Some("~> 20")] {
        let Told::Known { folder, guess } = told("terraform-aws-modules/eks/aws", version) else {
            panic!("{version:?}");
        };
        assert_eq!(folder, "\0modules/eks/21");
        assert!(guess.unwrap().contains("major version 21, the newest"));
    }
    for version in [
        "~> 17.0", "17.24.0", "> 22", "nonsense", "master", "1.2.3.4", "",
    ] {
        let Told::Unknown(why) = told("terraform-aws-modules/eks/aws", Some(version)) else {
            panic!("{version}");
        };
        assert!(why.ends_with("18, 19, 20, 21"), "{why}");
    }
    let commit = "git::https://github.com/terraform-aws-modules/terraform-aws-eks.git?ref=0b0c7f1e";
    assert!(matches!(told(commit, None), Told::Unknown(_)));
    assert!(matches!(
        told("terraform-aws-modules/eks/aws//modules/nothing", None),
        Told::Unknown(why) if why.contains("`//modules/nothing`")
    ));
}

/// Every stand-in evaluates without a complaint and shows nothing of where it is kept.
#[test]
fn every_stand_in_is_whole() {
    for shelf in SHELVES {
        for major in shelf.majors {
            let submodules: BTreeSet<&str> = shelf
                .texts
                .iter()
                .filter(|text| text.majors.contains(major))
                .flat_map(|text| text.submodules.iter().copied())
                .filter(|submodule| submodule.is_empty() || submodule.starts_with("modules/"))
                .collect();
            for submodule in submodules {
                let name = shelf.name;
                let text = format!(
                    "module \"it\" {{\n  source = \"terraform-aws-modules/{name}/aws//{submodule}\"\n  version = \"{major}.0.0\"\n  name = \"shop\"\n}}\n"
                );
                let texts = BTreeMap::from([("main.tf".to_owned(), text)]);
                let found = evaluate(&Input::of(&texts), &WellKnown);
                assert!(
                    found.problems.is_empty(),
                    "{name} {major} {submodule}: {:?}",
                    found.problems
                );
                assert!(
                    !found.resources.is_empty(),
                    "{name} {major} {submodule} makes nothing"
                );
                for resource in &found.resources {
                    assert_eq!(resource.place.file.as_ref(), "main.tf");
                    let shown = format!("{:?} {:?}", resource.address, resource.values);
                    assert!(!shown.contains('\0'), "{shown}");
                }
            }
        }
    }
}

#[test]
fn the_texts_of_a_folder_have_different_names() {
    for shelf in SHELVES {
        for major in shelf.majors {
            for text in shelf.texts {
                for submodule in text.submodules {
                    let names: Vec<&str> = shelf
                        .texts(submodule, *major)
                        .map(|(name, _)| name)
                        .collect();
                    let different: BTreeSet<&str> = names.iter().copied().collect();
                    assert_eq!(names.len(), different.len(), "{names:?}");
                }
            }
        }
    }
    assert!(WellKnown.stand_in("\0modules/eks/7").is_none());
    assert!(WellKnown.stand_in("modules/eks/20").is_none());
}
