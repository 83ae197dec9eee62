use crate::args::{ConfigArgs, ConfigCommand};
use crate::exit::{Exit, talk};
use crate::{selection, threat_model};

pub(crate) fn run(args: &ConfigArgs) -> anyhow::Result<Exit> {
    let ConfigCommand::Check { file } = &args.command;
    let settings = selection::read_settings(file)?;
    threat_model::with(&settings)?;
    talk(&format!("{}: ok", file.display()));
    Ok(Exit::Clean)
}
