//! The arguments of every subcommand. Help is in both languages, Vietnamese first.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::text::Lang;

#[derive(Parser, Debug)]
#[command(
    name = "diachinh",
    version,
    about = "Địa Chính: hồ sơ và bản đồ địa chính · cadastral map and register"
)]
pub struct Args {
    /// Ngôn ngữ · language
    #[arg(long, global = true, default_value = "vi")]
    pub lang: LangArg,
    /// Kết quả JSON trên stdout · one JSON document on stdout
    #[arg(long, global = true)]
    pub json: bool,
    /// Thời điểm của thao tác (RFC 3339) · clock of the act
    #[arg(long, global = true, value_name = "RFC3339")]
    pub at: Option<String>,
    /// Người thao tác · who acts
    #[arg(long, global = true, value_name = "NAME")]
    pub actor: Option<String>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LangArg {
    Vi,
    En,
}

impl From<LangArg> for Lang {
    fn from(l: LangArg) -> Self {
        match l {
            LangArg::Vi => Self::Vi,
            LangArg::En => Self::En,
        }
    }
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Tạo tệp dữ liệu huyện · create a district file
    New(New),
    /// Thông tin tệp · what the file holds
    Info(Path1),
    /// Nhập thửa đất từ tệp bản đồ · import parcels from map files
    Import(Import),
    /// Kiểm tra bản đồ và hồ sơ · check the map and the register
    Validate(Validate),
    /// Danh mục quy tắc kiểm tra · the catalogue of rules
    Rules(Rules),
    /// Sửa lỗi hàng loạt · repair findings in a batch
    Fix(Fix),
    /// Khoảng hở được công nhận (đường, mương…) · gaps that are right as they are
    Gaps(Gaps),
    /// Mức sẵn sàng “đúng, đủ, sạch, sống” · how ready the parcels are
    Readiness(Readiness),
    /// Bản ghi không nhập được · records the import could not place
    Quarantine(Quarantine),
    /// Chạy kịch bản biên tập · run an edit script
    Edit(Edit),
    /// Hoàn tác · undo
    Undo(Undo),
    /// Làm lại · redo
    Redo(Path1),
    /// Nhật ký thao tác · the journal
    Log(Log),
    /// Dòng đời thửa đất · where a parcel comes from, what became of it
    Lineage(Lineage),
    /// Chế độ xây dựng hay vận hành · being built, or in operation
    Mode(ModeOf),
    /// Phê duyệt hồ sơ: ghi các đề xuất ranh giới · enter what a dossier proposes
    Approve(OfDossier),
    /// Hủy các đề xuất của hồ sơ · delete what a dossier proposes
    Revert(OfDossier),
    /// Các đề xuất ranh giới · what dossiers propose
    Proposals(Proposals),
    /// Xuất gói đồng bộ hoặc tệp bản đồ · export sync packages or map files
    Export(Export),
    /// Kiểm tra gói đồng bộ · verify a sync package
    Verify(Verify),
    /// Người sử dụng đất · parties: land users and managers
    Party(PartyArgs),
    /// Thành viên hộ, vợ chồng, nhóm · members of households, couples, groups
    PartyMember(RecordArgs),
    /// Giấy tờ tùy thân · identity documents
    IdentityDocument(RecordArgs),
    /// Mục đích sử dụng của thửa · land-use rows of parcels
    LandUseRow(RecordArgs),
    /// Giấy chứng nhận · certificates
    Certificate(RecordArgs),
    /// Quyền sử dụng, quản lý, sở hữu · rights
    Right(RecordArgs),
    /// Giao dịch bảo đảm · mortgages
    Mortgage(RecordArgs),
    /// Hạn chế quyền · restrictions
    Restriction(RecordArgs),
    /// Ngăn chặn, tranh chấp · holds and disputes
    Hold(RecordArgs),
    /// Tài sản gắn liền với đất · assets attached to land
    Asset(RecordArgs),
    /// Hồ sơ quét · scanned papers
    Document(RecordArgs),
    /// Hồ sơ · dossiers
    Dossier(DossierArgs),
    /// Đăng ký biến động · register a change
    Register(Register),
    /// Đổi mã xã, tờ, thửa theo quyết định · new codes of communes, sheets, parcels by a decision
    Recode(Recode),
    /// Biến động đã đăng ký · registered changes
    ChangeEntry(RecordArgs),
    /// Đối tượng của biến động · items of registered changes
    ChangeEntryItem(RecordArgs),
    /// Tìm kiếm · search
    Search(Search),
    /// Ghi toàn bộ ra văn bản · write all as canonical text
    Dump(Dump),
    /// Tạo tệp từ văn bản · create a file from such text
    Load(Load),
    /// Sao chép tệp kèm hồ sơ quét · copy the file with its scans
    Copy(Copy),
    /// Khôi phục từ bản sao lưu · restore a backup
    Restore(Restore),
    /// Vẽ bản đồ ra PNG · draw the map as PNG
    Map(Map),
    /// Tạo huyện mẫu · make a sample district
    Sample(Sample),
    /// Mở cửa sổ · open the window
    Open(Open),
}

#[derive(clap::Args, Debug)]
pub struct Path1 {
    /// Tệp dữ liệu huyện · district file
    pub project: PathBuf,
}

#[derive(clap::Args, Debug)]
pub struct New {
    pub project: PathBuf,
    /// Hệ tọa độ, ví dụ EPSG:9210 · coordinate system
    #[arg(long, value_name = "EPSG:n")]
    pub crs: String,
    /// Tên huyện/khu vực · name
    #[arg(long)]
    pub name: String,
    /// Mã xã; lặp lại được · commune code, may be repeated
    #[arg(long, value_name = "CODE")]
    pub commune: Vec<String>,
    /// Mã tỉnh (từ 01/07/2025), ví dụ 38 · province of all communes
    #[arg(long, value_name = "CODE")]
    pub province: Option<String>,
}

#[derive(clap::Args, Debug)]
pub struct Import {
    pub project: PathBuf,
    /// Tệp, thư mục hoặc TỆP#LỚP · files, folders or FILE#LAYER
    #[arg(required = true)]
    pub files: Vec<String>,
    /// Gán cột: trường=CỘT · field mapping
    #[arg(long, value_name = "f=COL")]
    pub map: Vec<String>,
    /// Bảng mã · text encoding
    #[arg(long)]
    pub encoding: Option<String>,
    /// Hệ tọa độ của tệp · coordinate system of the files
    #[arg(long, value_name = "EPSG:n")]
    pub crs: Option<String>,
    /// Mã xã của mọi bản ghi · commune of all records
    #[arg(long)]
    pub commune: Option<String>,
    /// Cấu hình gán cột đã lưu · saved mapping profile
    #[arg(long)]
    pub profile: Option<String>,
    #[arg(long, default_value = "quarantine", value_parser = ["split", "quarantine"])]
    pub multipart: String,
    /// Bắt đỉnh gần nhau (mm) · snap near-equal points
    #[arg(long, value_name = "MM", default_value_t = 0)]
    pub snap: u32,
    #[arg(long, default_value = "skip", value_parser = ["skip", "update", "keep"])]
    pub duplicates: String,
    /// Cho phép chuyển múi chiếu · transform into the file's zone
    #[arg(long)]
    pub reproject: bool,
    /// Chỉ xem trước · preview only
    #[arg(long)]
    pub dry_run: bool,
    /// Nhập điểm đo (CSV/TXT của toàn đạc, GNSS) thay vì thửa đất · survey points instead of parcels
    #[arg(long)]
    pub points: bool,
    /// Nhập địa giới xã hoặc khung tờ bản đồ thay vì thửa đất · boundaries of communes or frames of sheets
    #[arg(long, value_name = "KIND", value_parser = ["commune", "sheet"],
        conflicts_with_all = ["points", "profile", "snap", "duplicates", "multipart"])]
    pub boundaries: Option<String>,
    /// Dấu ngăn cột (với --points) · separator of columns
    #[arg(long, value_parser = ["tab", "semicolon", "comma", "space"], requires = "points")]
    pub separator: Option<String>,
    /// Dấu thập phân (với --points) · decimal sign
    #[arg(long, value_parser = ["comma", "point"], requires = "points")]
    pub decimal: Option<String>,
    /// Dòng đầu là tiêu đề (với --points) · the first line names the columns
    #[arg(long, value_parser = ["yes", "no"], requires = "points")]
    pub header: Option<String>,
    /// Tên đợt đo (với --points) · name of the survey
    #[arg(long, value_name = "NAME", requires = "points")]
    pub survey: Option<String>,
    /// Ngày đo, yyyy-MM-dd (với --points) · date of the survey
    #[arg(long, value_name = "D", requires = "points")]
    pub date: Option<String>,
    /// Độ chính xác vị trí, m (với --points) · standard error of position
    #[arg(long, value_name = "M", requires = "points")]
    pub accuracy: Option<f64>,
}

#[derive(clap::Args, Debug)]
pub struct Validate {
    pub project: PathBuf,
    #[arg(long, value_name = "CODE")]
    pub rule: Vec<String>,
    #[arg(long, value_name = "CODE")]
    pub commune: Vec<String>,
    #[arg(long, default_value = "error", value_parser = ["error", "warning"])]
    pub fail_on: String,
    /// Chỉ lỗi mới thấy sau thao tác này · only findings first seen after this operation
    #[arg(long, value_name = "OP")]
    pub since: Option<i64>,
    /// Chỉ lỗi ở trạng thái này · only findings in this state
    #[arg(long, value_parser = ["open", "accepted", "fixed", "all"])]
    pub state: Option<String>,
    /// Ghi danh sách ra tệp GeoPackage · write the list as GeoPackage
    #[arg(long, value_name = "OUT.gpkg")]
    pub gpkg: Option<PathBuf>,
    /// Ghi danh sách ra tệp CSV · write the list as CSV
    #[arg(long, value_name = "OUT.csv")]
    pub csv: Option<PathBuf>,
    /// Ghi danh sách ra tệp GeoJSON (WGS84) · write the list as GeoJSON (WGS 84)
    #[arg(long, value_name = "OUT.geojson")]
    pub geojson: Option<PathBuf>,
    /// Báo cáo chất lượng theo thửa, tờ, xã, hồ sơ, trang · quality report by parcel, sheet, commune, dossier, page
    #[arg(long, value_name = "OUT.json|OUT.xlsx")]
    pub report: Option<PathBuf>,
    /// Quy tắc có hiệu lực vào ngày này · the rules in force on this day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub date: Option<String>,
}

#[derive(clap::Args, Debug)]
pub struct Fix {
    pub project: PathBuf,
    /// Chỉ lỗi của quy tắc này; lặp lại được · only findings of this rule
    #[arg(long, value_name = "CODE")]
    pub rule: Vec<String>,
    #[arg(long, value_name = "CODE")]
    pub commune: Vec<String>,
    /// Số tờ bản đồ · sheet number
    #[arg(long, value_name = "SHEET")]
    pub sheet: Vec<String>,
    /// Chỉ lỗi của thửa này · only findings about this parcel
    #[arg(long, value_name = "REF")]
    pub parcel: Vec<String>,
    /// Cách sửa được chọn, kể cả khi không chắc chắn · the fix to take, certain or not
    #[arg(long, value_name = "NAME")]
    pub choice: Vec<String>,
    /// Lý do khi chọn allow_gap hay accept_finding · why, with the choices allow_gap and accept_finding
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Ngày cuối còn chấp nhận · the last day that holds
    #[arg(long, value_name = "YYYY-MM-DD", requires = "reason")]
    pub until: Option<String>,
    /// Hồ sơ nhận các đề xuất · the dossier that keeps them as proposals
    #[arg(long, value_name = "CODE")]
    pub dossier: Option<String>,
    /// Chỉ xem sẽ sửa gì · only say what would be done
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(clap::Args, Debug)]
pub struct Gaps {
    pub project: PathBuf,
    #[arg(long, value_name = "CODE")]
    pub commune: Vec<String>,
}

#[derive(clap::Args, Debug)]
pub struct Readiness {
    pub project: PathBuf,
    #[arg(long, value_name = "CODE")]
    pub commune: Vec<String>,
    /// Mỗi dòng một xã, tờ hay thửa · a line a commune, sheet or parcel
    #[arg(long, default_value = "commune", value_parser = ["sheet", "commune", "parcel"])]
    pub by: String,
    /// Ghi bảng ra tệp CSV · write the table as CSV
    #[arg(long, value_name = "OUT.csv")]
    pub csv: Option<PathBuf>,
    /// Ghi bảng, vướng mắc và tiến độ ngày ra Excel · write table, blockers and days for Excel
    #[arg(long, value_name = "OUT.xlsx")]
    pub xlsx: Option<PathBuf>,
    /// Đặt chỉ tiêu chiến dịch: số thửa mỗi người mỗi ngày · set the campaign's records a person a day
    #[arg(long, value_name = "N")]
    pub set_target: Option<u32>,
    /// Đặt ngày bắt đầu chiến dịch · set its first day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub set_from: Option<String>,
    /// Đặt ngày kết thúc chiến dịch · set its last day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub set_to: Option<String>,
}

impl Readiness {
    pub fn changes_campaign(&self) -> bool {
        self.set_target.is_some() || self.set_from.is_some() || self.set_to.is_some()
    }
}

#[derive(clap::Args, Debug)]
pub struct Rules {
    /// Quy tắc có hiệu lực vào ngày này · the rules in force on this day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub date: Option<String>,
}

#[derive(clap::Args, Debug)]
pub struct Quarantine {
    pub project: PathBuf,
    /// Xem một bản ghi: TỆP#SỐ, uid hoặc số trong danh sách · show one
    pub record: Option<String>,
    /// Chỉ của tệp này · only of this file
    #[arg(long)]
    pub file: Option<String>,
    /// Chỉ lý do này · only this reason
    #[arg(long, value_name = "CODE")]
    pub reason: Option<String>,
    /// Chỉ trạng thái này · only this state
    #[arg(long, value_parser = ["waiting", "placed", "replaced", "aside"])]
    pub state: Option<String>,
    /// Kèm dữ liệu cá nhân · with personal values
    #[arg(long)]
    pub personal: bool,
    /// Ghi hình gốc ra GeoJSON (hệ tọa độ của tệp) · write the originals as GeoJSON
    #[arg(long, value_name = "OUT.geojson", conflicts_with = "record")]
    pub geojson: Option<PathBuf>,
    /// Ghi hình gốc ra GeoPackage · write the originals as GeoPackage
    #[arg(long, value_name = "OUT.gpkg", conflicts_with = "record")]
    pub gpkg: Option<PathBuf>,
    #[arg(long)]
    pub overwrite: bool,
}

#[derive(clap::Args, Debug)]
pub struct Edit {
    pub project: PathBuf,
    /// Tệp JSON từng dòng, "-" là stdin · JSON lines, "-" = stdin
    #[arg(long, value_name = "FILE.jsonl")]
    pub script: String,
    /// Tất cả hoặc không gì cả · all or nothing, one operation
    #[arg(long)]
    pub atomic: bool,
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(clap::Args, Debug)]
pub struct Undo {
    pub project: PathBuf,
    /// Số bước · steps
    #[arg(conflicts_with = "op")]
    pub steps: Option<u32>,
    /// Số thao tác · operation number
    #[arg(long)]
    pub op: Option<i64>,
}

#[derive(clap::Args, Debug)]
pub struct Log {
    pub project: PathBuf,
    /// uid hoặc XÃ/TỜ/THỬA · uid or COMMUNE/SHEET/NUMBER
    #[arg(long, value_name = "REF")]
    pub parcel: Option<String>,
    /// Chỉ thao tác sau số này · only operations after this one
    #[arg(long, value_name = "OP")]
    pub since: Option<i64>,
}

#[derive(clap::Args, Debug)]
pub struct ModeOf {
    pub project: PathBuf,
    /// Bỏ trống để xem · leave out to ask
    #[arg(value_parser = ["building", "operating"])]
    pub mode: Option<String>,
}

#[derive(clap::Args, Debug)]
pub struct OfDossier {
    pub project: PathBuf,
    /// Mã hồ sơ · code of the dossier
    pub dossier: String,
}

#[derive(clap::Args, Debug)]
pub struct Proposals {
    pub project: PathBuf,
    /// Chỉ hồ sơ này · only this dossier
    pub dossier: Option<String>,
}

#[derive(clap::Args, Debug)]
pub struct Lineage {
    pub project: PathBuf,
    /// uid hoặc XÃ/TỜ/THỬA, cả thửa lịch sử · also historic
    #[arg(value_name = "REF")]
    pub parcel: String,
}

#[derive(clap::Args, Debug)]
pub struct Export {
    pub project: PathBuf,
    /// Thư mục ghi gói đồng bộ · folder for sync packages
    #[arg(
        long,
        value_name = "DIR",
        conflicts_with = "format",
        required_unless_present = "format"
    )]
    pub package: Option<PathBuf>,
    #[arg(long, value_parser = ["shp", "gpkg", "geojson", "fgb", "csv"], requires = "path")]
    pub format: Option<String>,
    /// Tệp ghi ra (với --format) · output file
    pub path: Option<PathBuf>,
    #[arg(long, value_name = "CODE")]
    pub commune: Vec<String>,
    /// Xuất cả khi còn lỗi, đánh dấu bản nháp · despite findings, as a draft
    #[arg(long)]
    pub allow_findings: bool,
    /// Ngày của gói, yyyy-MM-dd · date of the package
    #[arg(long, value_name = "D")]
    pub date: Option<String>,
    /// Số thứ tự của gói trong ngày · sequence number
    #[arg(long, value_name = "N")]
    pub seq: Option<u32>,
    #[arg(long)]
    pub overwrite: bool,
    /// GeoJSON theo WGS84 · GeoJSON in WGS 84
    #[arg(long)]
    pub wgs84: bool,
}

#[derive(clap::Args, Debug)]
pub struct Verify {
    /// Gói đồng bộ .zip · sync package
    pub package: PathBuf,
}

#[derive(clap::Args, Debug)]
pub struct Search {
    pub project: PathBuf,
    pub text: String,
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
}

#[derive(clap::Args, Debug)]
pub struct Dump {
    pub project: PathBuf,
    /// Kèm dữ liệu cá nhân · with personal values
    #[arg(long)]
    pub personal: bool,
    /// Thay uid bằng khóa tự nhiên · natural keys instead of uids
    #[arg(long)]
    pub no_uid: bool,
}

#[derive(clap::Args, Debug)]
pub struct Load {
    pub project: PathBuf,
    /// Tệp văn bản của lệnh dump, "-" là stdin · text of dump
    pub text: PathBuf,
}

#[derive(clap::Args, Debug)]
pub struct Copy {
    pub project: PathBuf,
    pub to: PathBuf,
}

#[derive(clap::Args, Debug)]
pub struct Restore {
    /// Bản sao lưu · backup file
    pub backup: PathBuf,
    /// Tệp mới · new file
    pub to: PathBuf,
}

#[derive(clap::Args, Debug)]
pub struct Map {
    pub project: PathBuf,
    /// Tệp PNG ghi ra · output
    pub png: PathBuf,
    #[arg(long, default_value_t = 1600)]
    pub width: u32,
    #[arg(long, default_value_t = 1100)]
    pub height: u32,
    /// Chỉ xã này · only this commune
    #[arg(long, value_name = "CODE")]
    pub commune: Option<String>,
    #[arg(long, default_value = "land-use", value_parser = ["land-use", "sheet", "status", "readiness", "plain"])]
    pub colour: String,
    #[arg(long, default_value = "light", value_parser = ["light", "dark"])]
    pub theme: String,
}

#[derive(clap::Args, Debug)]
pub struct Sample {
    pub dir: PathBuf,
    #[arg(long, default_value_t = 5000)]
    pub parcels: usize,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Tỷ lệ lỗi cài sẵn · rate of injected errors
    #[arg(long, value_name = "RATE")]
    pub dirty: Option<f64>,
    /// Thay vào đó: cả sổ bộ dưới dạng văn bản cho `load` · instead: a whole register as text for `load`
    #[arg(long)]
    pub register: bool,
}

#[derive(clap::Args, Debug)]
pub struct Open {
    pub path: Option<PathBuf>,
}

#[derive(clap::Args, Debug)]
pub struct RecordArgs {
    #[command(subcommand)]
    pub act: RecordAct,
}

#[derive(clap::Args, Debug)]
pub struct PartyArgs {
    #[command(subcommand)]
    pub act: PartyAct,
}

/// What can be done with records of any kind.
#[derive(Subcommand, Debug)]
pub enum RecordAct {
    /// Thêm · add
    Add(RecordAdd),
    /// Xem một bản ghi · show one
    Show(RecordShow),
    /// Danh sách · list
    List(RecordList),
    /// Sửa các trường · change fields
    Set(RecordSet),
    /// Kết thúc hiệu lực · end
    End(RecordEnd),
}

#[derive(Subcommand, Debug)]
pub enum PartyAct {
    #[command(flatten)]
    Record(RecordAct),
    /// Thêm người từ mã QR của thẻ căn cước · add a person from the QR code of a citizen's card
    Scan(RecordScan),
    /// Những người có thể là một · parties that may be one
    Duplicates(RecordDuplicates),
    /// Gộp thành một · make several one
    Merge(RecordMerge),
}

#[derive(clap::Args, Debug)]
pub struct DossierArgs {
    #[command(subcommand)]
    pub act: DossierAct,
}

/// What can be done with dossiers.
#[derive(Subcommand, Debug)]
pub enum DossierAct {
    /// Tiếp nhận · receive
    Add(RecordAdd),
    /// Xem một hồ sơ: giấy tờ, bước, vướng mắc · one dossier: papers, steps, what blocks it
    Show(DossierShow),
    /// Danh sách công việc · work list
    List(DossierList),
    /// Sửa các trường · change fields
    Set(RecordSet),
    /// Hồ sơ không kết thúc như bản ghi khác · a dossier does not end like other records
    #[command(hide = true)]
    End(RecordEnd),
    /// Chuyển bước · next step
    Advance(DossierAdvance),
    /// Bảng phân bổ khi tách, hợp thửa · where what rests on divided parcels goes
    Account(DossierShow),
}

#[derive(clap::Args, Debug)]
pub struct DossierShow {
    pub project: PathBuf,
    /// Mã hồ sơ · code of the dossier
    pub dossier: String,
    /// Hiện dữ liệu cá nhân · personal values in full
    #[arg(long)]
    pub personal: bool,
}

#[derive(clap::Args, Debug)]
pub struct DossierList {
    pub project: PathBuf,
    /// Chỉ trạng thái này · only this state
    #[arg(long)]
    pub state: Vec<String>,
    /// Chỉ loại biến động này · only this kind of change
    #[arg(long)]
    pub kind: Option<String>,
    #[arg(long)]
    pub commune: Option<String>,
    /// Người làm bước gần nhất · who made the last step
    #[arg(long)]
    pub person: Option<String>,
    /// Quá hạn · past the day of result
    #[arg(long)]
    pub overdue: bool,
    /// Hẹn trả đến ngày này · due up to this day
    #[arg(long, value_name = "dd/MM/yyyy")]
    pub due: Option<String>,
    /// Cả hồ sơ đã xong · also those that are done
    #[arg(long)]
    pub all: bool,
}

#[derive(clap::Args, Debug)]
pub struct DossierAdvance {
    pub project: PathBuf,
    /// Mã hồ sơ · code of the dossier
    pub dossier: String,
    /// Bước đến; bỏ trống là bước kế tiếp · state to go to; the next one when left out
    #[arg(long)]
    pub to: Option<String>,
    /// Lý do, không ghi tên người · why, without names
    #[arg(long)]
    pub reason: Option<String>,
}

#[derive(clap::Args, Debug)]
pub struct Recode {
    pub project: PathBuf,
    /// Số văn bản · number of the decision
    #[arg(long)]
    pub decision: Option<String>,
    /// CŨ=MỚI[+SỐ][:TÊN] · a commune that becomes another, with N added to its sheets
    #[arg(long, value_name = "OLD=NEW[+N][:NAME]")]
    pub rule: Vec<String>,
    /// Bảng số mới của từng thửa · new codes parcel by parcel
    #[arg(long, value_name = "IN.csv")]
    pub table: Option<PathBuf>,
    /// Ngày có hiệu lực · the day from which it holds
    #[arg(long, value_name = "dd/MM/yyyy")]
    pub on: Option<String>,
    /// Ghi bảng đối chiếu · write the table of comparison
    #[arg(long, value_name = "OUT.csv")]
    pub csv: Option<PathBuf>,
    /// Chỉ xem trước · only say what would be done
    #[arg(long)]
    pub dry_run: bool,
    /// Bảng đối chiếu của thao tác đã làm · the table of an operation that was done
    #[arg(long, value_name = "OP", conflicts_with_all = ["decision", "rule", "table", "dry_run"])]
    pub of: Option<i64>,
}

#[derive(clap::Args, Debug)]
pub struct Register {
    pub project: PathBuf,
    /// Mã loại biến động · code of the change
    pub code: String,
    /// XÃ/TỜ/THỬA hoặc uid · COMMUNE/SHEET/NUMBER or uid
    pub parcels: Vec<String>,
    /// Hồ sơ mà biến động thuộc về · the dossier it belongs to
    #[arg(long, value_name = "CODE")]
    pub dossier: Option<String>,
    /// Người chuyển (uid) · who gives
    #[arg(long, value_name = "UID")]
    pub from: Vec<String>,
    /// Người nhận, có thể kèm phần · who receives, with their part: UID or UID=1/3
    #[arg(long, value_name = "UID[=SHARE]")]
    pub to: Vec<String>,
    /// Phần quyền được chuyển · the part that passes on
    #[arg(long, value_name = "FRACTION")]
    pub part: Option<String>,
    /// Các khóa khác, dạng JSON như trong kịch bản · other keys as JSON, as in an edit script
    #[arg(long, value_name = "JSON")]
    pub with: Option<String>,
}

/// Where a record is written.
#[derive(clap::Args, Debug)]
pub struct RecordAt {
    pub project: PathBuf,
    /// Hồ sơ mà thay đổi thuộc về · the dossier it belongs to
    #[arg(long, value_name = "CODE")]
    pub dossier: Option<String>,
}

#[derive(clap::Args, Debug)]
pub struct RecordAdd {
    #[command(flatten)]
    pub at: RecordAt,
    /// TRƯỜNG=GIÁ TRỊ · FIELD=VALUE
    #[arg(required = true, value_name = "FIELD=VALUE")]
    pub fields: Vec<String>,
}

#[derive(clap::Args, Debug)]
pub struct RecordShow {
    pub project: PathBuf,
    pub uid: String,
    /// Hiện dữ liệu cá nhân · personal values in full
    #[arg(long)]
    pub personal: bool,
}

#[derive(clap::Args, Debug)]
pub struct RecordList {
    pub project: PathBuf,
    /// Chỉ bản ghi có trường này là · only those whose field is
    #[arg(long, value_name = "FIELD=REF")]
    pub by: Option<String>,
    /// Cả bản ghi đã kết thúc · also those that have ended
    #[arg(long)]
    pub all: bool,
    #[arg(long, default_value_t = 1000)]
    pub limit: usize,
    /// Hiện dữ liệu cá nhân · personal values in full
    #[arg(long)]
    pub personal: bool,
}

#[derive(clap::Args, Debug)]
pub struct RecordSet {
    #[command(flatten)]
    pub at: RecordAt,
    pub uid: String,
    /// TRƯỜNG=GIÁ TRỊ, để trống là xóa · FIELD=VALUE, empty clears
    #[arg(required = true, value_name = "FIELD=VALUE")]
    pub fields: Vec<String>,
}

#[derive(clap::Args, Debug)]
pub struct RecordEnd {
    #[command(flatten)]
    pub at: RecordAt,
    pub uid: String,
    /// Lý do, không ghi tên người · why, without names
    #[arg(long)]
    pub reason: String,
    /// Ngày kết thúc · the day
    #[arg(long, value_name = "dd/MM/yyyy")]
    pub on: Option<String>,
    /// Tình trạng sau đó · status afterwards
    #[arg(long)]
    pub status: Option<String>,
}

#[derive(clap::Args, Debug)]
pub struct RecordScan {
    #[command(flatten)]
    pub at: RecordAt,
    /// Chuỗi quét được, "-" là stdin · what was scanned, "-" = stdin
    pub text: String,
}

#[derive(clap::Args, Debug)]
pub struct RecordDuplicates {
    pub project: PathBuf,
    /// Hiện dữ liệu cá nhân · personal values in full
    #[arg(long)]
    pub personal: bool,
}

#[derive(clap::Args, Debug)]
pub struct RecordMerge {
    #[command(flatten)]
    pub at: RecordAt,
    /// uid của người được giữ · the one that stays
    pub keep: String,
    /// uid của những người gộp vào · those that go into it
    #[arg(required = true)]
    pub others: Vec<String>,
}
