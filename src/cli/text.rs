//! `dump P [--personal] [--no-uid]` and `load P TEXT`.

use std::io::{BufWriter, ErrorKind, Read, Write};
use std::path::Path;

use serde_json::json;

use super::args;
use super::district::reading;
use super::out::{Done, Out};
use crate::domain::{Act, Failure};
use crate::msg;
use crate::project::Project;
use crate::store::dump::DumpOptions;
use crate::store::load::decode;

pub fn dump(a: &args::Dump, _act: &Act, out: &Out) -> Result<Done, Failure> {
    let project = reading(&a.project, out)?;
    let options = DumpOptions {
        personal: a.personal,
        no_uid: a.no_uid,
    };
    let mut pipe = Pipe {
        to: BufWriter::new(std::io::stdout().lock()),
        closed: false,
    };
    project.dump(options, &mut pipe)?;
    pipe.flush().map_err(|e| unwritable(&e))?;
    Ok(Done::Clean)
}

/// stdout whose reader may go away (`| head`): that ends the work, it is no failure.
struct Pipe<W: Write> {
    to: W,
    closed: bool,
}

impl<W: Write> Pipe<W> {
    fn open<T>(&mut self, done: std::io::Result<T>, otherwise: T) -> std::io::Result<T> {
        match done {
            Err(e) if e.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(otherwise)
            }
            done => done,
        }
    }
}

impl<W: Write> Write for Pipe<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.closed {
            return Ok(bytes.len());
        }
        let done = self.to.write(bytes);
        self.open(done, bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        if self.closed {
            return Ok(());
        }
        let done = self.to.flush();
        self.open(done, ())
    }
}

fn unwritable(e: &std::io::Error) -> Failure {
    Failure::new(
        "OUTPUT",
        msg!("Không ghi được kết quả: {e}", "The result cannot be written: {e}"),
    )
}

pub fn load(a: &args::Load, act: &Act, out: &Out) -> Result<Done, Failure> {
    let mut bytes = Vec::new();
    let read = if a.text == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes)
    } else {
        std::fs::File::open(&a.text).and_then(|mut f| f.read_to_end(&mut bytes))
    };
    read.map_err(|e| {
        Failure::new(
            "FILE_UNREADABLE",
            msg!("Không đọc được văn bản: {e}", "Cannot read the text: {e}"),
        )
        .file(&a.text)
    })?;
    Project::load(&a.project, decode(&bytes)?, act, &out.progress())?;
    let path = a.project.display().to_string();
    out.result(&json!({"path": path}), || path.clone());
    Ok(Done::Clean)
}
