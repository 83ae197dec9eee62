use std::io::{self, Write};

use super::outcome::Outcomes;

/// JUnit XML: a test suite for each suite, its cases named `test › case`.
pub(super) fn write(outcomes: &Outcomes, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites>")?;
    for suite in &outcomes.suites {
        let cases = || suite.tests.iter().flat_map(|test| &test.cases);
        let count = |outcome| cases().filter(|case| case.outcome == outcome).count();
        let unread = usize::from(suite.error.is_some());
        writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">",
            escape(&suite.path),
            cases().count() + unread,
            count("failed"),
            count("error") + unread,
            count("skipped"),
        )?;
        if let Some(why) = &suite.error {
            writeln!(out, "    <testcase classname=\"suite\" name=\"read\">")?;
            writeln!(out, "      <error message=\"{}\"/>", escape(why))?;
            writeln!(out, "    </testcase>")?;
        }
        for test in &suite.tests {
            for case in &test.cases {
                let (class, name) = (escape(&test.name), escape(&case.name));
                let message = escape(&case.message);
                writeln!(out, "    <testcase classname=\"{class}\" name=\"{name}\">")?;
                match case.outcome {
                    "failed" => writeln!(out, "      <failure message=\"{message}\"/>")?,
                    "error" => writeln!(out, "      <error message=\"{message}\"/>")?,
                    "skipped" => writeln!(out, "      <skipped/>")?,
                    _ => {}
                }
                writeln!(out, "    </testcase>")?;
            }
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\r' | '\t' => escaped.push(' '),
            // XML 1.0 has no way to write other control characters.
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => escaped.push('\u{FFFD}'),
            c => escaped.push(c),
        }
    }
    escaped
}
