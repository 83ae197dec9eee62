use super::*;

fn seen(script: &str, errexit: bool, pipefail: bool) -> Vec<(String, Fate)> {
    commands(script, Options { errexit, pipefail }, &BTreeMap::new())
        .into_iter()
        .map(|command| {
            let words: Vec<String> = command.words.iter().map(|word| word.text.clone()).collect();
            (words.join(" "), command.fate)
        })
        .collect()
}

fn fate_of(script: &str) -> Fate {
    let all = seen(script, true, false);
    all.iter()
        .find(|(words, _)| words.starts_with("scan"))
        .unwrap()
        .1
}

#[test]
fn words_are_those_of_the_shell() {
    let script = "IMAGE='a b' sudo -E docker push \"x:$TAG\" \\\n  --quiet > log 2>&1 # end\ncat <<'EOF' | kubectl apply -f -\nrm -rf /\nEOF\n";
    let words: Vec<String> = seen(script, true, false)
        .into_iter()
        .map(|(words, _)| words)
        .collect();
    assert_eq!(
        words,
        ["docker push x:$TAG --quiet", "cat", "kubectl apply -f -"]
    );
}

#[test]
fn variables_are_filled_in_where_they_are_known() {
    let all = seen("A='b c'\nx $A \"$A\" ${{ github.sha }} $D", true, false);
    assert_eq!(all[0].0, "x b c b c ${{ github.sha }} $D");
}

#[test]
fn a_failure_is_followed_to_its_end() {
    for (script, fate) in [
        ("scan x\necho done", Fate::Fails),
        ("scan x || true\necho", Fate::Ignored),
        ("scan x || exit 1", Fate::Fails),
        ("scan x || { echo bad; exit 1; }\necho", Fate::Fails),
        ("scan x || { echo bad; }\necho", Fate::Ignored),
        ("(scan x) || :", Fate::Ignored),
        ("scan x | tee out", Fate::Ignored),
        ("set -o pipefail\nscan x | tee out", Fate::Fails),
        ("set +e\nscan x\necho", Fate::Ignored),
        ("set +e\nscan x\nrc=$?\nexit $rc", Fate::Unclear),
        ("scan x && push y", Fate::Fails),
        ("scan x && push y\necho", Fate::Unclear),
        ("if scan x; then echo; fi", Fate::Unclear),
        ("scan x &\necho", Fate::Ignored),
        ("echo $(scan x)", Fate::Ignored),
        ("A=$(scan x)\necho", Fate::Fails),
        ("bash -c 'scan x; echo'", Fate::Ignored),
        ("bash -ec 'scan x; echo'", Fate::Fails),
        ("timeout 5m scan x", Fate::Fails),
        ("for i in a b; do scan $i; done || true", Fate::Ignored),
    ] {
        assert_eq!(fate_of(script), fate, "{script}");
    }
}

#[test]
fn hostile_scripts_end() {
    let deep = "$(".repeat(20_000);
    seen(&deep, true, false);
    seen(&"((".repeat(20_000), true, false);
    seen("\"${{ ' `", true, false);
}
