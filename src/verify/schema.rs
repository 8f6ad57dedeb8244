//! XML against our XSDs (`assets/schema/`), and the few values the other checks need.

use std::path::Path;

use uppsala::{Document, XsdValidator};

use crate::domain::{Failure, Uid};
use crate::msg;
use crate::text::Msg;

const FILES: [(&str, &str); 4] = [
    (
        "gml-3.2-profile.xsd",
        include_str!("../../assets/schema/gml-3.2-profile.xsd"),
    ),
    ("thuadat.xsd", include_str!("../../assets/schema/thuadat.xsd")),
    ("hoso.xsd", include_str!("../../assets/schema/hoso.xsd")),
    ("metadata.xsd", include_str!("../../assets/schema/metadata.xsd")),
];

/// The schemas of all XML files of a package.
pub struct Schemas {
    gml: XsdValidator,
    dossier: XsdValidator,
    metadata: XsdValidator,
}

/// What a dossier speaks of.
pub struct Dossier {
    pub guid: Uid,
    pub parcels: Vec<Uid>,
    pub holders_of_rights: Vec<Uid>,
    pub holders: Vec<Uid>,
}

impl Schemas {
    /// `folder` is a scratch folder: the GML schema finds its profile there as a file.
    pub fn load(folder: &Path) -> Result<Self, Failure> {
        let failed = |e: &dyn std::fmt::Display| {
            Failure::new(
                "VERIFY_SCHEMA",
                msg!("Không dùng được lược đồ XSD: {e}.", "Cannot use the XSD: {e}."),
            )
        };
        for (name, text) in FILES {
            std::fs::write(folder.join(name), text).map_err(|e| failed(&e))?;
        }
        let build = |text: &str| {
            let schema = uppsala::parse(text).map_err(|e| failed(&e))?;
            XsdValidator::from_schema_with_base_path(&schema, Some(folder)).map_err(|e| failed(&e))
        };
        Ok(Self {
            gml: build(FILES[1].1)?,
            dossier: build(FILES[2].1)?,
            metadata: build(FILES[3].1)?,
        })
    }

    pub fn gml<'a>(&self, text: &'a str) -> Result<Document<'a>, Msg> {
        valid(&self.gml, text)
    }

    pub fn metadata(&self, text: &str) -> Result<(), Msg> {
        valid(&self.metadata, text).map(|_| ())
    }

    pub fn dossier(&self, text: &str) -> Result<Dossier, Msg> {
        let doc = valid(&self.dossier, text)?;
        let uids = |path: &[&str]| -> Result<Vec<Uid>, Msg> {
            texts(&doc, path)
                .iter()
                .map(|t| {
                    t.parse()
                        .map_err(|_| msg!("{t}: không phải guid", "{t}: no guid"))
                })
                .collect()
        };
        let guid = uids(&["HoSoXml", "hoSoGuid"])?;
        let mut parcels = uids(&["DC_ThuaDat", "thuaDatId"])?;
        parcels.extend(uids(&["DC_QuyenSuDungDat", "thuaDatId"])?);
        let mut holders = Vec::new();
        for kind in [
            "DC_CaNhan",
            "DC_VoChong",
            "DC_HoGiaDinh",
            "DC_ToChuc",
            "DC_CongDong",
            "ChuKhongRo",
        ] {
            holders.extend(uids(&[kind, "chuId"])?);
        }
        let guid = guid
            .first()
            .copied()
            .ok_or_else(|| msg!("thiếu hoSoGuid", "no hoSoGuid"))?;
        Ok(Dossier {
            guid,
            parcels,
            holders_of_rights: uids(&["DC_QuyenSuDungDat", "chuId"])?,
            holders,
        })
    }
}

fn valid<'a>(schema: &XsdValidator, text: &'a str) -> Result<Document<'a>, Msg> {
    if text.contains("<!DOCTYPE") {
        return Err(msg!("XML có DOCTYPE", "the XML has a DOCTYPE"));
    }
    let doc = uppsala::parse(text).map_err(|e| msg!("không phải XML ({e})", "no XML ({e})"))?;
    match schema.validate(&doc).first() {
        None => Ok(doc),
        Some(e) => {
            let (line, what) = (e.line.unwrap_or(0), &e.message);
            Err(msg!(
                "dòng {line}: sai lược đồ ({what})",
                "line {line}: not valid ({what})"
            ))
        }
    }
}

/// Texts of all elements with the last local name whose parents end with the names before it.
pub fn texts(doc: &Document<'_>, path: &[&str]) -> Vec<String> {
    let (Some(root), Some((last, before))) = (doc.document_element(), path.split_last()) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    let mut todo = vec![(root, Vec::<String>::new())];
    while let Some((id, above)) = todo.pop() {
        let Some(name) = doc.element(id).map(|e| e.name.local_name.to_string()) else {
            continue;
        };
        if name == *last
            && above.len() >= before.len()
            && above[above.len() - before.len()..].iter().eq(before.iter())
        {
            out.push(doc.text_content_deep(id));
        }
        let mut here = above;
        here.push(name);
        // Last child first, so that the first comes out first.
        for child in doc.children(id).into_iter().rev() {
            todo.push((child, here.clone()));
        }
    }
    out
}
