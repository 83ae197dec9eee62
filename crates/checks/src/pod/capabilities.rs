//! What Linux capabilities give to a container.

use sekisho_model::{Phrase, Severity};

/// What a capability beyond the runtime's defaults gives, and how grave that is.
pub(super) fn gain(name: &str) -> (Severity, Phrase) {
    let (severity, en, ja) = match name {
        "ALL" => (
            Severity::Critical,
            "every right of root on the node's kernel",
            "ノードのカーネルに対する root の全権限を持つ",
        ),
        "SYS_ADMIN" => (
            Severity::Critical,
            "mounting file systems and entering namespaces, which is root on the node in practice",
            "ファイルシステムのマウントや名前空間への侵入ができ、事実上ノードの root になる",
        ),
        "SYS_MODULE" => (
            Severity::Critical,
            "loading modules into the node's kernel",
            "ノードのカーネルにモジュールを読み込める",
        ),
        "SYS_RAWIO" => (
            Severity::Critical,
            "raw access to the node's memory and devices",
            "ノードのメモリやデバイスに直接アクセスできる",
        ),
        "DAC_READ_SEARCH" => (
            Severity::Critical,
            "reading every file of the node by its handle, past its mount",
            "マウントの範囲を越え、ハンドル経由でノード上の任意のファイルを読める",
        ),
        "SYS_PTRACE" => (
            Severity::High,
            "reading and changing the memory of every process it sees",
            "見える全プロセスのメモリを読み書きできる",
        ),
        "BPF" | "PERFMON" => (
            Severity::High,
            "programs in the node's kernel that watch every process and packet",
            "ノードのカーネル内でプログラムを動かし、全プロセスと全パケットを監視できる",
        ),
        "NET_ADMIN" => (
            Severity::High,
            "changing addresses, routes and packet filters of its network, mesh redirection included",
            "アドレス・経路・パケットフィルターを変更でき、メッシュへの転送も外せる",
        ),
        "NET_RAW" => (
            Severity::Medium,
            "forging packets: it can pose as another pod towards its neighbours",
            "パケットを偽造し、近隣に対して他の Pod になりすませる",
        ),
        "SYS_BOOT" => (
            Severity::High,
            "restarting the node into a kernel of its choice",
            "ノードを再起動し、別のカーネルを起動できる",
        ),
        "MAC_ADMIN" | "MAC_OVERRIDE" => (
            Severity::High,
            "changing or going round the node's mandatory access control",
            "ノードの強制アクセス制御を変更・回避できる",
        ),
        "CHECKPOINT_RESTORE" => (
            Severity::High,
            "freezing and restoring other processes",
            "他のプロセスを凍結・復元できる",
        ),
        "SYSLOG" => (
            Severity::Medium,
            "the kernel's log and addresses, which help to exploit it",
            "カーネルのログとアドレスを読め、カーネルへの攻撃に使える",
        ),
        "SYS_TIME" => (
            Severity::Medium,
            "setting the node's clock, on which certificates and logs depend",
            "証明書やログが依存するノードの時計を変更できる",
        ),
        "AUDIT_CONTROL" | "AUDIT_READ" => (
            Severity::Medium,
            "reading or silencing the node's audit",
            "ノードの監査を読み取り、または停止できる",
        ),
        "SYS_RESOURCE" | "SYS_NICE" | "IPC_LOCK" => (
            Severity::Medium,
            "going past resource limits, at the cost of its neighbours on the node",
            "リソース制限を越え、同じノードの他の Pod を圧迫できる",
        ),
        _ => (
            Severity::Medium,
            "a right that `baseline` refuses",
            "`baseline` が拒否する権限を持つ",
        ),
    };
    (severity, Phrase::new(en, ja))
}

/// The name that a container runtime sees: containerd takes any case, CRI-O the prefix as well.
pub(super) fn canonical(written: &str) -> String {
    let upper = written.trim().to_ascii_uppercase();
    upper
        .strip_prefix("CAP_")
        .map_or(upper.clone(), str::to_owned)
}
