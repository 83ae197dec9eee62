use crate::{Check, Level, check};

check! {
    /// **What it shows.** A comment or an entry that means to accept a risk, but cannot be read as one.
    ///
    /// **Why it matters.** An exception that is not understood hides nothing: the finding counts. Silence about it would
    /// leave its author in the belief that the risk is accepted and written down.
    ///
    /// **Bad**
    /// ```yaml
    /// privileged: true # sekisho: ignore[privileged-container]
    /// ```
    ///
    /// **Good.** Name the check, a reason, an owner and the last day:
    /// ```yaml
    /// privileged: true # sekisho: ignore[privileged-container] reason="driver install" owner="platform" until=2027-01-31
    /// ```
    ///
    /// # 日本語
    /// **示すこと。** リスク受容のつもりで書かれたが、例外として読めないコメントや設定。
    ///
    /// **理由。** 理解できない例外は何も抑止せず、元の検出は数えられる。黙っていると、書いた人は受容済みだと思い込む。
    ///
    /// **直し方。** 検査名、理由(reason)、責任者(owner)、期限(until)をすべて書く。
    ExceptionMalformed = "exception-malformed";
    control: "O1.2",
    severity: Medium,
    profile: Default,
    level: Level::Engine,
    fix: None,
    title: "An exception cannot be read", "読めない例外",
}

impl Check for ExceptionMalformed {}
