use std::fmt;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::{ExecutionMode, ExecutionState, RegoVM, SuspendReason};
use regorus::utils::limits::ExecutionTimerConfig;
use regorus::{Engine, Rc, Value};

use super::fault::Fault;
use super::host::{ExternalData, FUNCTIONS, Host};
use super::source::{self, PACKAGE, Source, Version};

/// What one evaluation may cost. What costs more is an error, and an error is never a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Instructions of the byte code.
    pub instructions: usize,
    /// Time on the wall.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            instructions: 5_000_000,
            time: Duration::from_secs(1),
        }
    }
}

/// Why an evaluation gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The engine stopped: a limit, or rules that contradict each other.
    #[error("{0}")]
    Stopped(String),
    /// The two engines do not agree; neither is believed.
    #[error("the byte code and the interpreter answer differently")]
    Disagreement,
}

/// A compiled module whose rule `violation` can be evaluated.
///
/// It is compiled for two engines: byte code, which is fast, and an interpreter, which is the reference. What the byte
/// code cannot hold is interpreted.
pub struct Program {
    code: Option<Arc<regorus::rvm::Program>>,
    idle: Mutex<Vec<RegoVM>>,
    engine: Engine,
    limits: Limits,
    host: Arc<Host>,
}

impl fmt::Debug for Program {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Program")
            .field("byte_code", &self.code.is_some())
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl Program {
    /// Compiles a template's code.
    ///
    /// # Errors
    /// A [`Fault`] with its place when OPA or Gatekeeper would refuse the text, or when we would not give OPA's answer.
    pub fn compile(
        source: &Source,
        limits: Limits,
        external: Option<Arc<dyn ExternalData>>,
    ) -> Result<Self, Fault> {
        let prepared = source::prepare(source)?;
        let mut engine = Engine::new();
        engine.set_rego_v0(source.version == Version::V0);
        engine.set_strict_builtin_errors(false);
        let host = Arc::new(Host::new(external));
        for function in &FUNCTIONS {
            let (inner, host) = (function.inner, Arc::clone(&host));
            let arity = u8::try_from(function.arity).unwrap_or(u8::MAX);
            let call = move |args: Vec<Value>| {
                host.call(inner, &args)
                    .map_err(|why| Failure::Stopped(why).into())
            };
            engine
                .add_extension(inner.to_owned(), arity, Box::new(call))
                .map_err(|error| Fault::whole(error.to_string()))?;
        }
        for (index, text) in prepared.texts.into_iter().enumerate() {
            let name = match index {
                0 => "template".to_owned(),
                _ => format!("libs[{}]", index - 1),
            };
            engine
                .add_policy(name, text)
                .map_err(|error| source::told(&error.to_string()))?;
        }
        let entry = entry();
        let compiled = engine
            .compile_with_entrypoint(&entry)
            .map_err(|error| source::told(&error.to_string()))?;
        let functions: Vec<(&str, usize)> = FUNCTIONS
            .iter()
            .map(|function| (function.inner, function.arity))
            .collect();
        let code =
            match Compiler::compile_from_policy_with_host_await(&compiled, &[&entry], &functions) {
                Ok(code) => Some(code).filter(|_| prepared.fits_byte_code),
                Err(error) => {
                    let fault = source::told(&error.to_string());
                    if fault.reason.contains("unction") || fault.reason.contains("ecursion") {
                        return Err(fault);
                    }
                    None
                }
            };
        let timer = timer(limits);
        engine.set_execution_timer_config(timer);
        Ok(Self {
            code,
            idle: Mutex::default(),
            engine,
            limits,
            host,
        })
    }

    /// True when byte code answers, false when the interpreter must.
    pub fn has_byte_code(&self) -> bool {
        self.code.is_some()
    }

    /// The members of `violation` for an input, with `data` as base document.
    pub fn violations(&self, input: &Value, data: &Value) -> Result<Vec<Value>, Failure> {
        let answer = match &self.code {
            Some(code) => self.run(code, input, data)?,
            None => self.interpret(input, data)?,
        };
        Ok(members(&answer))
    }

    /// As [`Self::violations`], asked of both engines.
    pub fn violations_twice(&self, input: &Value, data: &Value) -> Result<Vec<Value>, Failure> {
        let reference = self.interpret(input, data);
        let Some(code) = &self.code else {
            return reference.map(|answer| members(&answer));
        };
        match (self.run(code, input, data), reference) {
            (Ok(fast), Ok(slow)) if members(&fast) == members(&slow) => Ok(members(&fast)),
            (Err(stopped), Err(_)) => Err(stopped),
            _ => Err(Failure::Disagreement),
        }
    }

    fn run(
        &self,
        code: &Arc<regorus::rvm::Program>,
        input: &Value,
        data: &Value,
    ) -> Result<Value, Failure> {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let mut machine = idle.unwrap_or_else(|| {
            let mut machine = RegoVM::new();
            machine.load_program(Arc::clone(code));
            machine.set_max_instructions(self.limits.instructions);
            machine.set_execution_timer_config(Some(timer(self.limits)));
            machine.set_execution_mode(ExecutionMode::Suspendable);
            machine
        });
        machine.set_data(data.clone()).map_err(stopped)?;
        machine.set_input(input.clone());
        let mut answer = machine.execute().map_err(stopped)?;
        while let ExecutionState::Suspended { reason, .. } = machine.execution_state() {
            let SuspendReason::HostAwait {
                argument,
                identifier,
                ..
            } = reason
            else {
                return Err(Failure::Stopped(
                    "the engine stopped without a reason".to_owned(),
                ));
            };
            let name = identifier.as_string().map_err(stopped)?;
            let args = argument
                .as_array()
                .map(regorus::value::Array::to_vec)
                .unwrap_or_default();
            let value = self.host.call(name, &args).map_err(Failure::Stopped)?;
            answer = machine.resume(Some(value)).map_err(stopped)?;
        }
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(machine);
        Ok(answer)
    }

    fn interpret(&self, input: &Value, data: &Value) -> Result<Value, Failure> {
        let mut engine = self.engine.clone();
        engine.add_data(data.clone()).map_err(stopped)?;
        engine.set_input(input.clone());
        engine
            .eval_rule(entry().to_string())
            .map_err(|error| Failure::Stopped(source::told(&error.to_string()).reason))
    }
}

fn timer(limits: Limits) -> ExecutionTimerConfig {
    ExecutionTimerConfig {
        limit: limits.time,
        check_interval: NonZeroU32::new(1024).unwrap_or(NonZeroU32::MIN),
    }
}

fn entry() -> Rc<str> {
    Rc::from(format!("data.{PACKAGE}.violation"))
}

fn stopped(error: impl fmt::Display) -> Failure {
    Failure::Stopped(error.to_string())
}

/// What `violation[r]` iterates over: members of a set, keys of an object.
fn members(answer: &Value) -> Vec<Value> {
    match answer {
        Value::Set(items) => items.iter_sorted().cloned().collect(),
        Value::Object(fields) => fields.keys_sorted().cloned().collect(),
        _ => Vec::new(),
    }
}
