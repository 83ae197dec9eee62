use crate::{Check, Level, check};

check! {
    /// **What it shows.** An accepted risk whose last day has passed.
    ///
    /// **Why it matters.** An exception is a promise to mend something by a day. When the day has passed the finding counts
    /// again, and this finding says which promise was not kept and whose it was.
    ///
    /// **Bad**
    /// ```yaml
    /// privileged: true # sekisho: ignore[privileged-container] reason="driver install" owner="platform" until=2020-01-31
    /// ```
    ///
    /// **Good.** Mend what was accepted, or renew the exception with a new day, a reason and an owner.
    ///
    /// # 日本語
    /// **示すこと。** 受容期限を過ぎたリスク例外。
    ///
    /// **理由。** 例外は「この日までに直す」という約束である。期限を過ぎると元の検出は再び数えられ、この検出がどの約束が誰のもので果たされていないかを示す。
    ///
    /// **直し方。** 受容していた問題を直すか、理由・責任者・新しい期限を付けて例外を更新する。
    ExceptionExpired = "exception-expired";
    control: "O1.2",
    severity: Medium,
    profile: Default,
    level: Level::Engine,
    fix: None,
    title: "An accepted risk has expired", "受容したリスクの期限切れ",
}

impl Check for ExceptionExpired {}
