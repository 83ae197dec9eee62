//! Deep and long expressions end in a refusal or a value, within a small stack and soon.

#![cfg(test)]

use sekisho_cel::{Environment, Expression, Type};

fn deepest() -> Vec<String> {
    let n = 249;
    vec![
        "(".repeat(n) + "1" + &")".repeat(n),
        format!("object{}", ".a".repeat(250)),
        format!("object{}", "[0]".repeat(250)),
        vec!["1"; 251].join("+"),
        "[".repeat(250) + &"]".repeat(250),
        "true?1:".repeat(n) + "1",
        format!("'a'{}", ".trim()".repeat(250)),
        "dyn(".repeat(n) + "1" + &")".repeat(n),
        "[1]".to_owned() + &".map(x,x)".repeat(200),
        "[1].map(x,".repeat(120) + "x" + &")".repeat(120),
        "{1:".repeat(n) + "1" + &"}".repeat(n),
        "!(".repeat(n) + "true" + &")".repeat(n),
        "-".repeat(50_000) + "1",
        vec!["true"; 10_000].join("&&"),
        "(".repeat(60_000),
        "[".repeat(60_000),
        format!(
            "[1]{}",
            (0..120)
                .map(|at| format!(".map(x{at},{{x{at}:x{at}}})"))
                .collect::<String>()
        ),
        format!("[[1]{}]", ".map(x,[x,x])".repeat(60)),
    ]
}

#[test]
fn the_deepest_fit_into_a_small_stack() {
    let run = || {
        let mut environment = Environment::default();
        environment.variable("object", Type::Dyn);
        for source in deepest() {
            drop(Expression::compile(&source, &environment));
        }
    };
    // Frames of a build without optimisation are several times larger.
    let size = if cfg!(debug_assertions) { 4096 } else { 1024 };
    let thread = std::thread::Builder::new()
        .stack_size(size << 10)
        .spawn(run)
        .unwrap();
    thread.join().unwrap();
}
