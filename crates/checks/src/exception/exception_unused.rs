use crate::{Check, Level, check};

check! {
    /// **What it shows.** An exception that accepts nothing: its check ran and found nothing there.
    ///
    /// **Why it matters.** A stale exception waits for the next mistake at the same place and hides it.
    ///
    /// **Bad.** `# sekisho: ignore[privileged-container] …` beside a container that is no longer privileged.
    ///
    /// **Good.** Delete the exception together with what it accepted.
    ///
    /// # 日本語
    /// **示すこと。** 何も抑止していない例外。対象の検査は実行されたが、そこに検出はなかった。
    ///
    /// **理由。** 古い例外は、同じ場所で次に起きる誤りを隠す。
    ///
    /// **直し方。** 問題を直したら例外も消す。
    ExceptionUnused = "exception-unused";
    control: "O1.2",
    severity: Low,
    profile: Default,
    level: Level::Engine,
    fix: None,
    title: "An exception accepts nothing", "使われていない例外",
}

impl Check for ExceptionUnused {}
