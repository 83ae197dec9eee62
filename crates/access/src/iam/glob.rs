/// One step of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Letter(char),
    One,
    /// Any run; `across` when it may swallow colons.
    Run {
        across: bool,
    },
}

/// The pattern `*` and `?` of actions, conditions and names: a run may be anything at all. `${*}`, `${?}` and `${$}` stand
/// for the plain character.
pub fn text_matches(pattern: &str, text: &str) -> bool {
    run(&steps(pattern, false), text)
}

/// The same for the `Resource` element. A `*` stays inside its segment between colons, unless it ends the segment: then it
/// reaches beyond (IAM User Guide, "Resource": wildcards in resource ARNs).
pub fn arn_matches(pattern: &str, arn: &str) -> bool {
    run(&steps(pattern, true), arn)
}

fn steps(pattern: &str, is_arn: bool) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = pattern;
    while let Some(letter) = rest.chars().next() {
        let escaped = ["${*}", "${?}", "${$}"]
            .iter()
            .find_map(|escape| rest.strip_prefix(escape));
        if let Some(after) = escaped {
            steps.extend(rest.chars().nth(2).map(Step::Letter));
            rest = after;
            continue;
        }
        rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        steps.push(match letter {
            '*' => Step::Run {
                across: !is_arn || rest.is_empty() || rest.starts_with(':'),
            },
            '?' => Step::One,
            other => Step::Letter(other),
        });
    }
    steps
}

/// All positions of the pattern that the text read so far can stand at: no backtracking, so hostile patterns stay cheap.
fn run(steps: &[Step], text: &str) -> bool {
    let mut open = vec![false; steps.len() + 1];
    if let Some(first) = open.first_mut() {
        *first = true;
    }
    spread(steps, &mut open);
    for letter in text.chars() {
        let mut next = vec![false; steps.len() + 1];
        for (position, step) in steps.iter().enumerate() {
            if open.get(position) != Some(&true) {
                continue;
            }
            let (stays, moves) = match step {
                Step::Letter(wanted) => (false, *wanted == letter),
                Step::One => (false, true),
                Step::Run { across } => (*across || letter != ':', false),
            };
            if let (true, Some(here)) = (stays, next.get_mut(position)) {
                *here = true;
            }
            if let (true, Some(after)) = (moves, next.get_mut(position + 1)) {
                *after = true;
            }
        }
        spread(steps, &mut next);
        open = next;
    }
    open.last() == Some(&true)
}

/// A run may be empty.
fn spread(steps: &[Step], open: &mut [bool]) {
    for (position, step) in steps.iter().enumerate() {
        let is_run = matches!(step, Step::Run { .. });
        if let (true, Some(true), Some(after)) = (
            is_run,
            open.get(position).copied(),
            open.get_mut(position + 1),
        ) {
            *after = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_single_characters() {
        assert!(text_matches("ec2:Describe*", "ec2:DescribeSubnets"));
        assert!(text_matches("*", ""));
        assert!(text_matches("a?c*", "abc"));
        assert!(!text_matches("a?c", "ac"));
        assert!(text_matches("100${*}", "100*"));
        assert!(!text_matches("100${*}", "1000"));
    }

    #[test]
    fn a_run_stays_in_its_segment_unless_it_ends_it() {
        assert!(arn_matches("arn:aws:s3:::shop-*", "arn:aws:s3:::shop-a/b"));
        assert!(arn_matches(
            "arn:aws:iam::*:role/x",
            "arn:aws:iam::1:role/x"
        ));
        assert!(arn_matches(
            "arn:aws:ec2:*",
            "arn:aws:ec2:eu-west-1:1:instance/i"
        ));
        assert!(!arn_matches(
            "arn:aws:i*m::1:role/x",
            "arn:aws:ia:m::1:role/x"
        ));
        assert!(arn_matches("*", "anything"));
    }

    #[test]
    fn many_runs_cost_little() {
        let pattern = "*a".repeat(400);
        assert!(!text_matches(&pattern, &"a".repeat(399)));
        assert!(text_matches(&pattern, &"a".repeat(400)));
    }
}
