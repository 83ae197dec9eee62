use std::path::PathBuf;

/// The folder of shared recordings beside the project, or of `SEKISHO_SHARED`. `None`, with a line on standard error that
/// says so, when it is absent: the test that wants it is then skipped.
#[expect(clippy::print_stderr, reason = "a skipped test must say so")]
pub fn shared(part: &str) -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = std::env::var_os("SEKISHO_SHARED")
        .map_or(beside, PathBuf::from)
        .join(part);
    if folder.exists() {
        return Some(folder);
    }
    eprintln!("skipped: shared/{part} is absent");
    None
}
