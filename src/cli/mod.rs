//! The command line: every main job without a window. Contract: `docs/cli.md`.
//!
//! A shell over the library: parses arguments, calls it, prints. Exit codes: 0 done, 1 done with
//! findings at or above the threshold, 2 not done.

mod args;
mod out;

mod district;
mod dossier;
mod edit;
mod export;
mod findings_file;
mod fix;
mod gaps;
mod history;
mod import;
mod import_boundaries;
mod import_points;
mod lineage;
mod map;
mod readiness;
mod quarantine;
mod recode;
mod record;
mod rules;
mod sample;
mod text;
mod validate;
mod verify;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use crate::domain::Act;
use crate::domain::Failure;
use crate::msg;
use crate::register::Kind;
use crate::text::Lang;
use args::{Args, Command};
use out::{Done, Out};

/// Runs the program with its arguments (the first is the program's name).
pub fn main(argv: impl IntoIterator<Item = OsString>) -> ExitCode {
    let argv: Vec<OsString> = argv.into_iter().collect();
    if argv.len() < 2 {
        return window(None);
    }
    let args = match Args::try_parse_from(&argv) {
        Ok(args) => args,
        Err(e) => return usage(&e, &argv),
    };
    let out = Out {
        lang: args.lang.into(),
        json: args.json,
    };
    match run(&args, &out) {
        Ok(Done::Clean) => ExitCode::SUCCESS,
        Ok(Done::Findings) => ExitCode::from(1),
        Err(failure) => {
            if !edit::is_answered(&failure) {
                out.failure(&failure);
            }
            ExitCode::from(2)
        }
    }
}

/// Help and version go to stdout with exit 0; a usage error is exit 2 and, with `--json`, a JSON error.
fn usage(e: &clap::Error, argv: &[OsString]) -> ExitCode {
    if !e.use_stderr() {
        let _ = e.print();
        return ExitCode::SUCCESS;
    }
    if argv.iter().any(|a| a == "--json") {
        let text = e.to_string();
        let failure = Failure::new("USAGE", msg!("{text}", "{text}"))
            .remedy(msg!("Xem: diachinh --help", "See: diachinh --help"));
        Out {
            lang: Lang::Vi,
            json: true,
        }
        .failure(&failure);
    } else {
        let _ = e.print();
    }
    ExitCode::from(2)
}

fn window(path: Option<std::path::PathBuf>) -> ExitCode {
    match crate::ui::run(path) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            Out {
                lang: Lang::Vi,
                json: false,
            }
            .failure(&failure);
            ExitCode::from(2)
        }
    }
}

fn run(args: &Args, out: &Out) -> Result<Done, Failure> {
    let act = act(args)?;
    match &args.command {
        Command::New(a) => district::new(a, &act, out),
        Command::Info(a) => district::info(a, &act, out),
        Command::Import(a) => import::run(a, &act, out),
        Command::Party(a) => record::party(&a.act, &act, out),
        Command::PartyMember(a) => record::run(Kind::PartyMember, &a.act, &act, out),
        Command::IdentityDocument(a) => record::run(Kind::IdentityDocument, &a.act, &act, out),
        Command::LandUseRow(a) => record::run(Kind::LandUseRow, &a.act, &act, out),
        Command::Certificate(a) => record::run(Kind::Certificate, &a.act, &act, out),
        Command::Right(a) => record::run(Kind::Right, &a.act, &act, out),
        Command::Mortgage(a) => record::run(Kind::Mortgage, &a.act, &act, out),
        Command::Restriction(a) => record::run(Kind::Restriction, &a.act, &act, out),
        Command::Hold(a) => record::run(Kind::Hold, &a.act, &act, out),
        Command::Asset(a) => record::run(Kind::Asset, &a.act, &act, out),
        Command::Document(a) => record::run(Kind::Document, &a.act, &act, out),
        Command::Dossier(a) => dossier::run(&a.act, &act, out),
        Command::Register(a) => dossier::register(a, &act, out),
        Command::Recode(a) => recode::run(a, &act, out),
        Command::ChangeEntry(a) => record::run(Kind::ChangeEntry, &a.act, &act, out),
        Command::ChangeEntryItem(a) => record::run(Kind::ChangeEntryItem, &a.act, &act, out),
        Command::Search(a) => district::search(a, &act, out),
        Command::Edit(a) => edit::run(a, &act, out),
        Command::Fix(a) => fix::run(a, &act, out),
        Command::Undo(a) => history::undo(a, &act, out),
        Command::Redo(a) => history::redo(a, &act, out),
        Command::Log(a) => history::log(a, &act, out),
        Command::Mode(a) => dossier::mode(a, &act, out),
        Command::Approve(a) => dossier::approve(a, &act, out),
        Command::Revert(a) => dossier::revert(a, &act, out),
        Command::Proposals(a) => dossier::proposals(a, &act, out),
        Command::Lineage(a) => lineage::run(a, &act, out),
        Command::Copy(a) => district::copy(a, &act, out),
        Command::Restore(a) => district::restore(a, &act, out),
        Command::Sample(a) => sample::run(a, out),
        Command::Dump(a) => text::dump(a, &act, out),
        Command::Load(a) => text::load(a, &act, out),
        Command::Map(a) => map::run(a, &act, out),
        Command::Validate(a) => validate::run(a, &act, out),
        Command::Rules(a) => rules::run(a, out),
        Command::Gaps(a) => gaps::run(a, &act, out),
        Command::Readiness(a) => readiness::run(a, &act, out),
        Command::Quarantine(a) => quarantine::run(a, &act, out),
        Command::Export(a) => export::run(a, &act, out),
        Command::Verify(a) => verify::run(a, out),
        Command::Open(a) => crate::ui::run(a.path.clone()).map(|()| Done::Clean),
    }
}

/// Who acts and when: `--at` and `--actor` for tests and replays, else the clock and the login name.
fn act(args: &Args) -> Result<Act, Failure> {
    let at = match &args.at {
        None => jiff::Timestamp::now(),
        Some(s) => s.parse().map_err(|_| {
            Failure::new(
                "USAGE",
                msg!(
                    "--at {s:?} không phải thời điểm RFC 3339.",
                    "--at {s:?} is not an RFC 3339 time."
                ),
            )
            .remedy(msg!(
                "Ví dụ: 2026-11-23T08:00:00Z",
                "Example: 2026-11-23T08:00:00Z"
            ))
        })?,
    };
    let actor = args.actor.clone().unwrap_or_else(login_name);
    Ok(Act { actor, at })
}

/// The login of the person at the desk, for `--actor`'s default.
fn login_name() -> String {
    ["USER", "USERNAME", "LOGNAME"]
        .iter()
        .find_map(|v| std::env::var(v).ok().filter(|n| !n.is_empty()))
        .unwrap_or_else(|| "?".to_owned())
}
