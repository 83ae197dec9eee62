//! Expressions of GitHub Actions, `${{ … }}`: which contexts can reach their result.

/// The deepest nesting that is followed.
const DEEPEST: usize = 64;

/// The expressions in a text, with the bytes they take: `(start, end, inner text)`.
pub(crate) fn expressions(text: &str) -> Vec<(usize, usize, &str)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text.get(from..).and_then(|rest| rest.find("${{")) {
        let start = from + start;
        let Some(length) = text.get(start..).and_then(|rest| rest.find("}}")) else {
            break;
        };
        let end = start + length + 2;
        if let Some(inner) = text.get(start + 3..end - 2) {
            found.push((start, end, inner.trim()));
        }
        from = end;
    }
    found
}

/// The contexts whose text can be (part of) the result: `github.event.issue.title`, lower case, `*` for an index. What is
/// only compared does not reach it.
pub(crate) fn reaching(expression: &str) -> Vec<String> {
    let mut parser = Parser {
        text: expression.chars().collect(),
        at: 0,
        depth: 0,
    };
    parser.or()
}

struct Parser {
    text: Vec<char>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn blank(&mut self) {
        while self
            .text
            .get(self.at)
            .is_some_and(|letter| letter.is_whitespace())
        {
            self.at += 1;
        }
    }

    fn take(&mut self, wanted: &str) -> bool {
        self.blank();
        let mut letters = wanted.chars().enumerate();
        let is_next =
            letters.all(|(ahead, letter)| self.text.get(self.at + ahead) == Some(&letter));
        if is_next {
            self.at += wanted.len();
        }
        is_next
    }

    fn or(&mut self) -> Vec<String> {
        let mut reaching = self.and();
        while self.take("||") {
            reaching.extend(self.and());
        }
        reaching
    }

    /// Of `a && b` the result is `b`, or an `a` that is empty.
    fn and(&mut self) -> Vec<String> {
        let mut reaching = self.compared();
        while self.take("&&") {
            reaching = self.compared();
        }
        reaching
    }

    fn compared(&mut self) -> Vec<String> {
        let mut reaching = self.unary();
        while ["==", "!=", "<=", ">=", "<", ">"]
            .into_iter()
            .any(|sign| self.take(sign))
        {
            self.unary();
            reaching.clear();
        }
        reaching
    }

    fn unary(&mut self) -> Vec<String> {
        let mut is_negated = false;
        while self.take("!") {
            is_negated = true;
        }
        let reaching = self.primary();
        if is_negated { Vec::new() } else { reaching }
    }

    fn primary(&mut self) -> Vec<String> {
        self.depth += 1;
        let reaching = if self.depth > DEEPEST {
            self.at = self.text.len();
            Vec::new()
        } else if self.take("(") {
            let reaching = self.or();
            self.take(")");
            reaching
        } else if self.take("'") {
            self.literal();
            Vec::new()
        } else {
            self.name()
        };
        self.depth -= 1;
        reaching
    }

    /// Behind the opening quote; `''` is a quote in the text.
    fn literal(&mut self) -> String {
        let mut text = String::new();
        while let Some(letter) = self.text.get(self.at).copied() {
            self.at += 1;
            if letter == '\'' {
                if self.text.get(self.at) != Some(&'\'') {
                    break;
                }
                self.at += 1;
            }
            text.push(letter);
        }
        text
    }

    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some(letter) = self
            .text
            .get(self.at)
            .filter(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '*'))
        {
            word.extend(letter.to_lowercase());
            self.at += 1;
        }
        word
    }

    fn name(&mut self) -> Vec<String> {
        self.blank();
        let mut path = self.word();
        if path.is_empty() {
            self.at += 1;
            return Vec::new();
        }
        if self.take("(") {
            let mut reaching = Vec::new();
            while !self.take(")") && self.at < self.text.len() {
                reaching.extend(self.or());
                self.take(",");
            }
            let passes = matches!(path.as_str(), "format" | "join" | "tojson" | "fromjson");
            return if passes { reaching } else { Vec::new() };
        }
        loop {
            if self.take(".") {
                let next = self.word();
                path.push('.');
                path.push_str(if next.is_empty() { "*" } else { &next });
            } else if self.take("[") {
                if self.take("'") {
                    let key = self.literal().to_lowercase();
                    path.push('.');
                    path.push_str(&key);
                } else {
                    self.or();
                    path.push_str(".*");
                }
                self.take("]");
            } else {
                break;
            }
        }
        if path.bytes().all(|byte| byte.is_ascii_digit()) {
            Vec::new()
        } else {
            vec![path]
        }
    }
}

/// True when people without rights on the repository choose the text of this context.
pub(crate) fn is_foreign(context: &str) -> bool {
    // A whole object (with `toJSON`) brings its texts along.
    let is_whole = matches!(
        context,
        "github"
            | "github.event"
            | "github.event.issue"
            | "github.event.pull_request"
            | "github.event.pull_request.head"
            | "github.event.comment"
            | "github.event.review"
            | "github.event.discussion"
            | "github.event.commits"
            | "github.event.head_commit"
            | "github.event.workflow_run"
            | "github.event.pages"
    );
    let Some(event) = context.strip_prefix("github.event.") else {
        return is_whole || context == "github.head_ref";
    };
    let parts: Vec<&str> = event.split('.').collect();
    let is_text = match parts.as_slice() {
        [_, "title" | "body"] => matches!(
            parts.first(),
            Some(&("issue" | "pull_request" | "discussion" | "comment" | "review"))
        ),
        ["pull_request", "head", "ref" | "label"]
        | [
            "pull_request",
            "head",
            "repo",
            "default_branch" | "description" | "homepage",
        ]
        | ["workflow_run", "head_branch" | "display_title"]
        | ["workflow_run", "head_repository", "description"]
        | ["workflow_run", "pull_requests", .., "head", "ref"]
        | ["pages", .., "page_name"]
        | ["commits" | "head_commit" | "workflow_run", .., "message"]
        | [
            "commits" | "head_commit" | "workflow_run",
            ..,
            "author" | "committer",
            "name" | "email",
        ]
        | ["changes", .., "from"] => true,
        _ => false,
    };
    is_whole || is_text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reaches_the_result_is_known() {
        for (expression, foreign) in [
            ("github.event.issue.title", true),
            ("GitHub['event'].Issue[ 'title' ]", true),
            ("github.head_ref || github.ref_name", true),
            (
                "github.event_name == 'pull_request' && github.head_ref || 'main'",
                true,
            ),
            ("format('{0}-{1}', 'a', github.event.comment.body)", true),
            ("toJSON(github.event)", true),
            ("github.event.commits[0].message", true),
            ("github.event.commits.*.author.name", true),
            ("github.event.issue.title == 'x'", false),
            ("contains(github.event.comment.body, '/ok')", false),
            ("'github.head_ref'", false),
            ("github.event.issue.number", false),
            ("github.sha", false),
            ("!github.head_ref", false),
        ] {
            assert_eq!(
                reaching(expression)
                    .iter()
                    .any(|context| is_foreign(context)),
                foreign,
                "{expression}"
            );
        }
        assert_eq!(
            expressions("a ${{ b }} ${{c}} ${{ d"),
            [(2, 10, "b"), (11, 17, "c")]
        );
    }

    #[test]
    fn hostile_expressions_end() {
        reaching(&"(".repeat(100_000));
        reaching(&"a[".repeat(100_000));
    }
}
