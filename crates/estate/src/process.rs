use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long a renderer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The most output that is taken from a renderer, in bytes.
const MOST: u64 = crate::MAX_FILE;

/// True when a program of this name starts at all.
pub(crate) fn exists(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    })
}

/// Runs a renderer and takes what it prints. It gets no standard input, is stopped after 30 seconds, and what it says on
/// failure comes back as the error, first line only.
pub(crate) fn output(program: &str, arguments: &[&str]) -> Result<String, String> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("`{program}` does not start: {error}"))?;
    let drain = |stream: Option<Box<dyn std::io::Read + Send>>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = stream.map(|stream| stream.take(MOST + 1).read_to_end(&mut bytes));
            (read.is_none_or(|read| read.is_ok()), bytes)
        })
    };
    let out = drain(child.stdout.take().map(|stream| Box::new(stream) as Box<_>));
    let err = drain(child.stderr.take().map(|stream| Box::new(stream) as Box<_>));
    let started = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if started.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(5));
            }
            Ok(None) | Err(_) => {
                let killed = child.kill().and_then(|()| child.wait());
                let note = if killed.is_ok() {
                    ""
                } else {
                    ", and could not be stopped"
                };
                return Err(format!(
                    "`{program}` took longer than {} s{note}",
                    PATIENCE.as_secs()
                ));
            }
        }
    };
    let (read_out, out) = out
        .join()
        .map_err(|_| format!("the output of `{program}` could not be read"))?;
    let (_, err) = err
        .join()
        .map_err(|_| format!("the output of `{program}` could not be read"))?;
    if !status.success() || !read_out {
        let said = String::from_utf8_lossy(&err);
        let line = said
            .lines()
            .find(|line| !line.trim().is_empty())
            .unwrap_or("no reason given");
        return Err(format!("`{program}` failed: {}", line.trim()));
    }
    if u64::try_from(out.len()).is_ok_and(|len| len > MOST) {
        return Err(format!("`{program}` printed more than {} MiB", MOST >> 20));
    }
    String::from_utf8(out).map_err(|_| format!("`{program}` printed something that is not UTF-8"))
}
