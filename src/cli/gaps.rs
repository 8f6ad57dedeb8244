//! `gaps P [--commune C]…`: the gaps that are right as they are, with who decided so, why and until when.

use serde_json::{Value, json};

use super::args;
use super::district::reading;
use super::out::{Done, Out, bbox, point, rounded};
use crate::domain::{Act, AllowedGap, Failure, day_of};
use crate::text::{Lang, format};
use crate::topology::allowed::inside;

pub fn run(a: &args::Gaps, act: &Act, out: &Out) -> Result<Done, Failure> {
    let project = reading(&a.project, out)?;
    let today = day_of(act.at);
    let mut all = project.allowed_gaps()?;
    let wanted = |g: &AllowedGap| g.commune.as_ref().is_some_and(|c| a.commune.contains(c));
    all.retain(|g| a.commune.is_empty() || wanted(g));
    let gaps: Vec<Value> = all.iter().map(|g| entry(g, g.holds_on(today))).collect();
    out.result(&json!({"gaps": gaps}), || {
        let lines: Vec<String> = all.iter().map(|g| line(g, g.holds_on(today), out.lang)).collect();
        if lines.is_empty() {
            return match out.lang {
                Lang::Vi => "Chưa công nhận khoảng hở nào.".to_owned(),
                Lang::En => "No gap is allowed.".to_owned(),
            };
        }
        lines.join("\n")
    });
    Ok(Done::Clean)
}

fn entry(g: &AllowedGap, holds: bool) -> Value {
    json!({
        "uid": g.uid.to_string(),
        "at": inside(g).map(point),
        "bbox": bbox(Some(g.bbox)),
        "area_m2": rounded(g.polygon.area_m2()),
        "commune": g.commune,
        "reason": g.reason,
        "by": g.by,
        "when": g.when.to_string(),
        "until": g.until.map(|d| d.to_string()),
        "in_force": holds,
    })
}

fn line(g: &AllowedGap, holds: bool, lang: Lang) -> String {
    let at = inside(g).map_or(String::new(), |p| {
        format!(
            "X {} Y {}",
            format::coordinate(p.n, lang),
            format::coordinate(p.e, lang)
        )
    });
    let area = format::area(g.polygon.area_m2(), lang);
    let until = g.until.map_or(String::new(), |d| match lang {
        Lang::Vi => format!(", đến hết {}", format::date(d)),
        Lang::En => format!(", until {}", format::date(d)),
    });
    let ended = match (holds, lang) {
        (true, _) => "",
        (false, Lang::Vi) => " [đã hết hạn]",
        (false, Lang::En) => " [has run out]",
    };
    let (day, by, why) = (format::date(day_of(g.when)), &g.by, &g.reason);
    format!("{at}  {area}  “{why}” · {by} {day}{until}{ended}")
}
