use std::io::Write as _;

use crate::args::{AwsArgs, AwsCommand};
use crate::exit::{Exit, Usage};

pub(crate) fn run(args: &AwsArgs) -> anyhow::Result<Exit> {
    let mut out = std::io::stdout().lock();
    match &args.command {
        AwsCommand::SnapshotScript { regions } => {
            let script = sekisho_aws::script::script(regions).map_err(|wrong| {
                Usage(format!(
                    "--regions {wrong}: no region; one is `ap-northeast-1`"
                ))
            })?;
            out.write_all(script.as_bytes())?;
        }
        AwsCommand::SnapshotPolicy { account, partition } => {
            let is_account =
                account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
            if !is_account && account != "*" {
                return Err(
                    Usage(format!("--account {account}: an account has twelve digits")).into(),
                );
            }
            let policy = sekisho_aws::rights::policy(partition, account);
            writeln!(out, "{}", serde_json::to_string_pretty(&policy)?)?;
        }
    }
    Ok(Exit::Clean)
}
