//! Everything a person can ask for, once: menu bar, toolbar, palette, shortcuts and the help page are
//! loops over [`Command::ALL`].

use egui::{Context, Key, KeyboardShortcut as Keys, Modifiers};
use egui_material_icons::{MaterialIcon, icons as i};

use super::tool::ToolKind;
use crate::text::{Lang, Text};

/// The commands once, as a type and as a list.
macro_rules! commands {
    ($($name:ident,)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Command {
            $($name,)*
        }

        impl Command {
            /// In the order of the menus and of the palette.
            pub const ALL: [Self; [$(Self::$name),*].len()] = [$(Self::$name),*];
        }
    };
}

commands! {
    New,
    Open,
    OpenSample,
    Import,
    ImportPoints,
    ImportBoundaries,
    ExportPackage,
    ExportFile,
    VerifyPackage,
    CloseProject,
    Quit,
    Undo,
    Redo,
    Find,
    ClearSelection,
    ZoomAll,
    ZoomSelection,
    ZoomBox,
    ZoomIn,
    ZoomOut,
    AddReference,
    ToggleLeft,
    ToggleRight,
    ToggleBottom,
    ShowParcels,
    ShowSurvey,
    ShowFindings,
    ShowQuarantine,
    ShowHistory,
    ShowJobs,
    ToggleTheme,
    ToggleLanguage,
    ToolSelect,
    ToolPan,
    ToolMovePoint,
    ToolInsertPoint,
    ToolRemovePoint,
    ToolMergePoints,
    ToolMovePoints,
    ToolReshape,
    ToolAlign,
    ToolCurve,
    ToolSplit,
    ToolMerge,
    ToolCarve,
    ToolFillGap,
    ToolOverlap,
    ToolAddParcel,
    ToolRetire,
    ToolMatchEdge,
    ToolMeasure,
    Traverse,
    ToolFields,
    AddHolder,
    AddRight,
    AddCertificate,
    Dossiers,
    Past,
    Validate,
    NextFinding,
    PreviousFinding,
    ToolFix,
    FixBatch,
    Readiness,
    ExportReadiness,
    ExportReport,
    Palette,
    Shortcuts,
    About,
}

/// The menus of the menu bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    File,
    Edit,
    View,
    Tools,
    Boundary,
    Register,
    Check,
    Help,
}

impl Menu {
    pub const ALL: [Self; 8] = [
        Self::File,
        Self::Edit,
        Self::View,
        Self::Tools,
        Self::Boundary,
        Self::Register,
        Self::Check,
        Self::Help,
    ];

    pub fn text(self) -> Text {
        match self {
            Self::File => Text::new("Tệp", "File"),
            Self::Edit => Text::new("Sửa", "Edit"),
            Self::View => Text::new("Xem", "View"),
            Self::Tools => Text::new("Công cụ", "Tools"),
            Self::Boundary => Text::new("Ranh thửa", "Boundaries"),
            Self::Register => Text::new("Sổ địa chính", "Register"),
            Self::Check => Text::new("Kiểm tra", "Check"),
            Self::Help => Text::new("Trợ giúp", "Help"),
        }
    }
}

/// What a command needs before it can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    Nothing,
    Project,
    /// A project that can be written, and no job writing it.
    Writable,
    Undo,
    Redo,
    Selection,
    /// A parcel, in a project that can be written.
    Parcel,
    Findings,
    /// A boundary tool in hand.
    Tool,
}

/// What the window has at the moment.
#[derive(Clone, Copy, Debug, Default)]
pub struct Have {
    pub project: bool,
    pub read_only: bool,
    /// A job is writing the project.
    pub writing: bool,
    pub undo: bool,
    pub redo: bool,
    pub selection: bool,
    pub findings: bool,
    /// The map of an earlier moment is shown.
    pub past: bool,
    /// A boundary tool is in hand.
    pub tool: bool,
}

/// One row of the table below.
struct Row {
    menu: Menu,
    text: Text,
    tip: Text,
    icon: MaterialIcon,
    keys: &'static [Keys],
    need: Need,
}

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
const PLAIN: Modifiers = Modifiers::NONE;

const fn key(m: Modifiers, k: Key) -> Keys {
    Keys::new(m, k)
}

macro_rules! row {
    ($menu:ident, $vi:literal, $en:literal, $tip_vi:literal, $tip_en:literal, $icon:ident, [$($m:ident $k:ident),*], $need:ident) => {
        Row {
            menu: Menu::$menu,
            text: Text::new($vi, $en),
            tip: Text::new($tip_vi, $tip_en),
            icon: i::$icon,
            keys: const { &[$(key($m, Key::$k)),*] },
            need: Need::$need,
        }
    };
}

impl Command {
    fn row(self) -> Row {
        match self {
            Self::New => row!(File, "Tạo tệp huyện mới…", "New district file…",
                "Tạo một tệp .gpkg trống trên ổ đĩa này", "Create an empty .gpkg on this disk", ICON_NOTE_ADD, [CTRL N], Nothing),
            Self::Open => row!(File, "Mở tệp huyện…", "Open district file…",
                "Mở một tệp .gpkg đã có", "Open an existing .gpkg", ICON_FOLDER_OPEN, [CTRL O], Nothing),
            Self::OpenSample => row!(
                File,
                "Mở dữ liệu mẫu",
                "Open the sample",
                "Một huyện tưởng tượng để tập dùng; không có người thật",
                "An invented district to practise on; no real people",
                ICON_MAP,
                [],
                Nothing
            ),
            Self::Import => row!(File, "Nhập dữ liệu…", "Import…",
                "Nhập thửa đất từ shapefile, TAB, GeoPackage… có xem trước", "Import parcels from shapefile, TAB, GeoPackage… with a preview", ICON_FILE_DOWNLOAD, [CTRL I], Writable),
            Self::ImportPoints => row!(
                File,
                "Nhập điểm đo…",
                "Import survey points…",
                "Đọc CSV, TXT của máy toàn đạc và GNSS, có xem trước",
                "Read CSV and TXT of total stations and GNSS, with a preview",
                ICON_ADD_LOCATION,
                [],
                Writable
            ),
            Self::ImportBoundaries => row!(
                File,
                "Nhập địa giới xã, khung tờ…",
                "Import boundaries…",
                "Ranh giới để kiểm tra thửa nằm ngoài xã, ngoài tờ bản đồ; có xem trước",
                "What parcels outside their commune or sheet are found by, with a preview",
                ICON_PUBLIC,
                [],
                Writable
            ),
            Self::AddReference => row!(
                View,
                "Thêm lớp tham chiếu…",
                "Add reference layer…",
                "Tệp bản đồ hoặc điểm đặt trên bản đồ để xem, bắt điểm, nắn ranh theo",
                "A map or point file laid over the map to look at, snap to and align to",
                ICON_LAYERS,
                [CTRL L],
                Project
            ),
            Self::ExportPackage => row!(File, "Xuất gói đồng bộ…", "Export sync package…",
                "Tạo gói tin cho cơ sở dữ liệu quốc gia và kiểm tra lại", "Write the package for the national database and check it", ICON_PACKAGE_2, [CTRL E], Project),
            Self::ExportFile => row!(File, "Xuất tệp bản đồ…", "Export map file…",
                "Xuất thửa đất ra shapefile, GeoPackage, GeoJSON, FlatGeobuf hoặc CSV", "Write the parcels as shapefile, GeoPackage, GeoJSON, FlatGeobuf or CSV", ICON_FILE_UPLOAD, [CTRL_SHIFT E], Project),
            Self::VerifyPackage => row!(
                File,
                "Kiểm tra một gói…",
                "Verify a package…",
                "Mở một gói tin và so từng phần với nội dung nó khai",
                "Open a package and compare each part with what it declares",
                ICON_VERIFIED,
                [],
                Nothing
            ),
            Self::CloseProject => row!(File, "Đóng tệp huyện", "Close district file",
                "Đóng tệp và về trang đầu", "Close the file and return to the start page", ICON_CLOSE, [CTRL W], Project),
            Self::Quit => row!(File, "Thoát", "Quit",
                "Đóng chương trình; mọi thay đổi đã được ghi", "Close the program; every change is already saved", ICON_LOGOUT, [CTRL Q], Nothing),
            Self::Undo => row!(Edit, "Hoàn tác", "Undo",
                "Trả lại như trước thao tác vừa làm", "Put things back as before the last operation", ICON_UNDO, [CTRL Z], Undo),
            Self::Redo => row!(Edit, "Làm lại", "Redo",
                "Làm lại thao tác vừa hoàn tác", "Do the undone operation again", ICON_REDO, [CTRL Y, CTRL_SHIFT Z], Redo),
            Self::Find => row!(Edit, "Tìm thửa đất, người…", "Find a parcel, a person…",
                "Gõ 12/45, tờ 12 thửa 45, tên người hoặc số cũ", "Type 12/45, tờ 12 thửa 45, a name or an old number", ICON_SEARCH, [CTRL F], Project),
            Self::ClearSelection => row!(Edit, "Bỏ chọn", "Clear selection",
                "Không chọn thửa nào", "Select no parcel", ICON_DESELECT, [CTRL_SHIFT A], Selection),
            Self::ZoomAll => row!(View, "Xem toàn bộ", "Zoom to everything",
                "Thu phóng để thấy mọi thửa đất", "Fit all parcels into the map", ICON_FIT_SCREEN, [CTRL Home], Project),
            Self::ZoomSelection => row!(View, "Xem phần đã chọn", "Zoom to selection",
                "Thu phóng đến thửa đất đã chọn", "Fit the selected parcels into the map", ICON_CENTER_FOCUS_STRONG, [CTRL J], Selection),
            Self::ZoomBox => row!(View, "Phóng to một khung", "Zoom to a box",
                "Kéo một khung trên bản đồ để phóng to", "Drag a box on the map to zoom into", ICON_CROP_FREE, [CTRL B], Project),
            Self::ZoomIn => row!(View, "Phóng to", "Zoom in",
                "Phóng to bản đồ quanh tâm", "Zoom the map in around its centre", ICON_ZOOM_IN, [CTRL ArrowUp], Project),
            Self::ZoomOut => row!(View, "Thu nhỏ", "Zoom out",
                "Thu nhỏ bản đồ quanh tâm", "Zoom the map out around its centre", ICON_ZOOM_OUT, [CTRL ArrowDown], Project),
            Self::ToggleLeft => row!(View, "Ẩn/hiện lớp và tìm kiếm", "Layers and search panel",
                "Ẩn hoặc hiện bảng bên trái", "Hide or show the left panel", ICON_LEFT_PANEL_CLOSE, [CTRL Num1], Project),
            Self::ToggleRight => row!(View, "Ẩn/hiện thông tin thửa", "Inspector panel",
                "Ẩn hoặc hiện bảng bên phải", "Hide or show the right panel", ICON_RIGHT_PANEL_CLOSE, [CTRL Num2], Project),
            Self::ToggleBottom => row!(View, "Ẩn/hiện bảng dữ liệu", "Table panel",
                "Ẩn hoặc hiện bảng bên dưới", "Hide or show the bottom panel", ICON_BOTTOM_PANEL_CLOSE, [CTRL Num3], Project),
            Self::ShowParcels => row!(View, "Bảng thửa đất", "Parcel table",
                "Mở danh sách thửa đất", "Open the list of parcels", ICON_TABLE_ROWS, [CTRL_SHIFT P], Project),
            Self::ShowSurvey => row!(
                View,
                "Bảng điểm đo",
                "Survey points",
                "Mở danh sách điểm đo",
                "Open the list of survey points",
                ICON_PIN_DROP,
                [],
                Project
            ),
            Self::ShowFindings => row!(View, "Danh sách lỗi", "Findings",
                "Mở danh sách lỗi và cảnh báo", "Open the list of errors and warnings", ICON_RULE, [CTRL_SHIFT F], Project),
            Self::ShowQuarantine => row!(
                View,
                "Bản ghi cách ly",
                "Records in quarantine",
                "Mở danh sách bản ghi không nhập được, xem hình gốc và cách sửa",
                "Open the records the import could not place, with their originals and repairs",
                ICON_INVENTORY_2,
                [CTRL_SHIFT Q],
                Project
            ),
            Self::ShowHistory => row!(View, "Nhật ký", "History",
                "Mở nhật ký thao tác; hoàn tác từ đó", "Open the operations; undo from there", ICON_HISTORY, [CTRL_SHIFT H], Project),
            Self::ShowJobs => row!(View, "Công việc đang chạy", "Running jobs",
                "Tiến độ, tốc độ và nút hủy", "Progress, rate and cancel", ICON_PENDING_ACTIONS, [CTRL_SHIFT J], Nothing),
            Self::ToggleTheme => row!(View, "Nền sáng / nền tối", "Light / dark theme",
                "Đổi giữa nền sáng và nền tối", "Switch between light and dark", ICON_CONTRAST, [CTRL D], Nothing),
            Self::ToggleLanguage => row!(View, "English / Tiếng Việt", "English / Tiếng Việt",
                "Đổi ngôn ngữ của cửa sổ", "Switch the language of the window", ICON_TRANSLATE, [CTRL_SHIFT L], Nothing),
            Self::ToolSelect => row!(Tools, "Chọn thửa đất", "Select parcels",
                "Bấm để chọn, kéo khung để chọn nhiều, Shift để thêm", "Click to select, drag a box for many, Shift adds", ICON_NEAR_ME, [PLAIN V], Project),
            Self::ToolPan => row!(Tools, "Di chuyển bản đồ", "Pan the map",
                "Kéo để di chuyển bản đồ; phím cách hoặc chuột giữa cũng được", "Drag to move the map; Space or the middle button do too", ICON_PAN_TOOL, [PLAIN H], Project),
            Self::ToolMovePoint => row!(Boundary, "Dời đỉnh ranh giới", "Move a boundary point",
                "Kéo một đỉnh của thửa đã chọn; mọi thửa chung đỉnh cùng dời", "Drag a vertex of the selected parcel; all parcels that share it move", ICON_POLYLINE, [PLAIN M], Writable),
            Self::ToolMeasure => row!(Tools, "Đo chiều dài, diện tích", "Measure lengths and areas",
                "Bấm các điểm hoặc nhập tọa độ: chiều dài, phương vị, diện tích; chép được", "Click points or type coordinates: lengths, azimuths, area; can be copied", ICON_STRAIGHTEN, [PLAIN D], Project),
            Self::ToolInsertPoint => row!(Boundary, "Thêm đỉnh ranh giới", "Insert a boundary point",
                "Bấm một cạnh để thêm đỉnh; mọi thửa chung cạnh cùng nhận đỉnh", "Click a side to add a point; all parcels that share it receive it", ICON_ADD_LOCATION_ALT, [PLAIN I], Writable),
            Self::ToolRemovePoint => row!(Boundary, "Xóa đỉnh ranh giới", "Remove a boundary point",
                "Bỏ một đỉnh mà tối đa hai thửa dùng chung", "Remove a point that at most two parcels share", ICON_WRONG_LOCATION, [PLAIN X], Writable),
            Self::ToolMergePoints => row!(Boundary, "Gộp đỉnh", "Merge points",
                "Làm nhiều đỉnh gần nhau thành một đỉnh chung", "Make several near points one shared point", ICON_JOIN_INNER, [PLAIN J], Writable),
            Self::ToolMovePoints => row!(Boundary, "Dời nhiều đỉnh", "Move many points",
                "Kéo khung quanh các đỉnh rồi dời cùng một đoạn", "Drag a box around points and move them together", ICON_OPEN_WITH, [PLAIN B], Writable),
            Self::ToolReshape => row!(Boundary, "Vẽ lại ranh chung", "Reshape a shared boundary",
                "Vẽ đường ranh mới từ điểm đầu đến điểm cuối; hai bên cùng đổi", "Draw the new boundary from its start to its end; both sides change", ICON_GESTURE, [PLAIN R], Writable),
            Self::ToolAlign => row!(Boundary, "Nắn ranh theo đường", "Align a boundary to a line",
                "Đưa một đoạn ranh về đúng đường đo hoặc dãy điểm đo", "Bring a stretch of boundary onto a surveyed line or points", ICON_ALIGN_JUSTIFY_FLEX_END, [PLAIN A], Writable),
            Self::ToolCurve => row!(Boundary, "Ranh cong", "Curved boundary",
                "Thay một đoạn ranh bằng các dây cung của một cung tròn", "Replace a stretch of boundary by the chords of an arc", ICON_LINE_CURVE, [PLAIN U], Writable),
            Self::ToolMatchEdge => row!(Boundary, "Tiếp biên hai tờ bản đồ", "Match sheet edges",
                "Ghép các đỉnh sát biên của hai tờ trong một dung sai", "Pair the edge points of two sheets within a tolerance", ICON_VERTICAL_ALIGN_CENTER, [PLAIN E], Writable),
            Self::ToolSplit => row!(Boundary, "Tách thửa", "Split a parcel",
                "Tách theo đường vẽ, theo khoảng cách, theo diện tích hoặc chia đều", "Split by a drawn line, at a distance, by areas or into equal parts", ICON_CALL_SPLIT, [PLAIN T], Writable),
            Self::ToolMerge => row!(Boundary, "Hợp thửa", "Merge parcels",
                "Hợp các thửa liền kề đã chọn thành một thửa", "Make the selected adjacent parcels one", ICON_CALL_MERGE, [PLAIN G], Writable),
            Self::ToolCarve => row!(Boundary, "Cắt dải đất", "Carve a strip",
                "Cắt một dải theo tim đường hoặc theo đường bao thành thửa riêng", "Cut a strip along a centre line or outline as a parcel of its own", ICON_EDIT_ROAD, [PLAIN C], Writable),
            Self::ToolFillGap => row!(Boundary, "Lấp khe hở", "Fill a gap",
                "Giao khe hở cho thửa bên cạnh hoặc lập thành thửa mới", "Give a gap to a neighbour or make it a parcel", ICON_FORMAT_COLOR_FILL, [PLAIN F], Writable),
            Self::ToolOverlap => row!(Boundary, "Gỡ phần chồng lấn", "Resolve an overlap",
                "Lấy phần chồng lấn ra khỏi một trong hai thửa", "Take the overlapping part from one of the two parcels", ICON_FLIP_TO_BACK, [PLAIN O], Writable),
            Self::ToolAddParcel => row!(Boundary, "Lập thửa mới", "New parcel",
                "Vẽ hoặc gõ tọa độ đường bao của thửa mới", "Draw or type the outline of a new parcel", ICON_ADD_BOX, [PLAIN N], Writable),
            Self::ToolRetire => row!(
                Boundary,
                "Đưa thửa vào lịch sử",
                "Retire a parcel",
                "Thửa thôi hiệu lực, có lý do; dữ liệu vẫn được giữ",
                "The parcel goes out of force, with a reason; nothing is lost",
                ICON_ARCHIVE,
                [],
                Writable
            ),
            Self::ToolFields => row!(Boundary, "Nhập số liệu cho công cụ", "Type values for the tool",
                "Đưa con trỏ vào ô đầu tiên của công cụ đang dùng; bấm lần nữa: vào bảng thửa mới", "Put the cursor into the first field of the tool in hand; once more: into the table of new parcels", ICON_KEYBOARD, [PLAIN F2], Tool),
            Self::Traverse => row!(
                Tools,
                "Nhập đường chuyền…",
                "Enter a traverse…",
                "Điểm đầu, góc và cạnh: sai số khép, bình sai Bowditch; kết quả thành nét vẽ",
                "Start, directions and distances: closure, Bowditch adjustment; the result becomes a drawing",
                ICON_ROUTE,
                [CTRL T],
                Project
            ),
            Self::AddHolder => row!(
                Register,
                "Thêm người sử dụng của thửa…",
                "Add a holder…",
                "Nhập người, rồi quyền của người đó trên thửa đang chọn",
                "Enter a person, then the right on the selected parcel",
                ICON_PERSON_ADD,
                [CTRL_SHIFT N],
                Parcel
            ),
            Self::AddRight => row!(
                Register,
                "Thêm quyền…",
                "Add a right…",
                "Quyền của một người trên thửa đang chọn",
                "The right of somebody on the selected parcel",
                ICON_KEY,
                [CTRL_SHIFT T],
                Parcel
            ),
            Self::AddCertificate => row!(
                Register,
                "Thêm giấy chứng nhận…",
                "Add a certificate…",
                "Giấy chứng nhận cho quyền của thửa đang chọn",
                "A certificate for the rights of the selected parcel",
                ICON_WORKSPACE_PREMIUM,
                [CTRL_SHIFT G],
                Parcel
            ),
            Self::Dossiers => row!(Boundary, "Hồ sơ và chế độ vận hành…", "Dossiers and mode…",
                "Tiếp nhận, chọn, phê duyệt hồ sơ; đưa cơ sở dữ liệu vào vận hành", "Receive, choose and approve dossiers; put the district into operation", ICON_FOLDER_OPEN, [CTRL_SHIFT D], Project),
            Self::Past => row!(View, "Bản đồ theo thời điểm", "Map at a moment",
                "Xem bản đồ như trước đây, bằng thanh trượt hoặc theo ngày", "The map as it was, by slider or by day", ICON_HISTORY, [CTRL_SHIFT M], Project),
            Self::Validate => row!(Check, "Kiểm tra dữ liệu", "Validate",
                "Chạy mọi quy tắc trên toàn huyện", "Run every rule over the whole district", ICON_TASK_ALT, [PLAIN F5], Project),
            Self::NextFinding => row!(Check, "Lỗi tiếp theo", "Next finding",
                "Đến lỗi tiếp theo trên bản đồ", "Go to the next finding on the map", ICON_ARROW_DOWNWARD, [PLAIN F8], Findings),
            Self::PreviousFinding => row!(Check, "Lỗi trước", "Previous finding",
                "Về lỗi trước trên bản đồ", "Go to the previous finding on the map", ICON_ARROW_UPWARD, [SHIFT F8], Findings),
            Self::ToolFix => row!(Check, "Sửa lỗi đang xem", "Fix this finding",
                "Các cách sửa lỗi này với hình trước và sau; Enter để sửa", "The ways to fix this finding, before and after; Enter does it", ICON_AUTO_FIX_HIGH, [PLAIN F9], Writable),
            Self::FixBatch => row!(Check, "Sửa hàng loạt…", "Fix in a batch…",
                "Thử các cách sửa cho nhiều lỗi, xem tóm tắt rồi sửa một lần", "Try the fixes of many findings, see the summary, then do it in one go", ICON_BUILD, [SHIFT F9], Writable),
            Self::Readiness => row!(Check, "Mức sẵn sàng", "Readiness",
                "Bảng “đúng, đủ, sạch, sống” theo xã và tờ, vướng mắc và tiến độ mỗi ngày", "Right, complete, clean, alive by commune and sheet; what stands in the way; work by day", ICON_BAR_CHART, [CTRL_SHIFT R], Project),
            Self::ExportReadiness => row!(
                Check,
                "Xuất bảng sẵn sàng…",
                "Export readiness…",
                "Xuất bảng tiến độ ra Excel hoặc CSV",
                "Write the table for Excel or as CSV",
                ICON_DOWNLOAD,
                [],
                Project
            ),
            Self::ExportReport => row!(
                Check,
                "Xuất báo cáo chất lượng…",
                "Export the quality report…",
                "Kiểm tra lại toàn bộ rồi ghi báo cáo ra Excel",
                "Check everything again and write the report for Excel",
                ICON_SUMMARIZE,
                [],
                Project
            ),
            Self::Palette => row!(Help, "Tìm lệnh…", "Find a command…",
                "Gõ tên lệnh, có dấu hay không dấu", "Type the name of a command", ICON_MANAGE_SEARCH, [CTRL K], Nothing),
            Self::Shortcuts => row!(Help, "Phím tắt", "Keyboard shortcuts",
                "Mọi lệnh và phím tắt của nó", "Every command and its keys", ICON_KEYBOARD, [PLAIN F1], Nothing),
            Self::About => row!(
                Help,
                "Giới thiệu",
                "About",
                "Phiên bản, giấy phép, thư mục thiết lập",
                "Version, licence, settings folder",
                ICON_INFO,
                [],
                Nothing
            ),
        }
    }

    pub fn menu(self) -> Menu {
        self.row().menu
    }

    pub fn text(self) -> Text {
        self.row().text
    }

    /// One line that says what it does.
    pub fn tip(self) -> Text {
        self.row().tip
    }

    pub fn icon(self) -> MaterialIcon {
        self.row().icon
    }

    pub fn keys(self) -> &'static [Keys] {
        self.row().keys
    }

    /// "Ctrl+K", or nothing.
    pub fn keys_text(self, ctx: &Context) -> String {
        self.keys()
            .first()
            .map(|k| ctx.format_shortcut(k))
            .unwrap_or_default()
    }

    /// The tool a command takes in hand.
    pub fn tool(self) -> Option<ToolKind> {
        match self {
            Self::ToolSelect => Some(ToolKind::Select),
            Self::ToolPan => Some(ToolKind::Pan),
            Self::ToolMovePoint => Some(ToolKind::MovePoint),
            Self::ToolInsertPoint => Some(ToolKind::InsertPoint),
            Self::ToolRemovePoint => Some(ToolKind::RemovePoint),
            Self::ToolMergePoints => Some(ToolKind::MergePoints),
            Self::ToolMovePoints => Some(ToolKind::MovePoints),
            Self::ToolReshape => Some(ToolKind::Reshape),
            Self::ToolAlign => Some(ToolKind::Align),
            Self::ToolCurve => Some(ToolKind::Curve),
            Self::ToolSplit => Some(ToolKind::Split),
            Self::ToolMerge => Some(ToolKind::Merge),
            Self::ToolCarve => Some(ToolKind::Carve),
            Self::ToolFillGap => Some(ToolKind::FillGap),
            Self::ToolOverlap => Some(ToolKind::Overlap),
            Self::ToolAddParcel => Some(ToolKind::AddParcel),
            Self::ToolRetire => Some(ToolKind::Retire),
            Self::ToolMatchEdge => Some(ToolKind::MatchEdge),
            Self::ToolMeasure => Some(ToolKind::Measure),
            Self::ToolFix => Some(ToolKind::Fix),
            Self::ZoomBox => Some(ToolKind::ZoomBox),
            _ => None,
        }
    }

    /// Whether it can be asked for now; if not, why not.
    pub fn check(self, have: &Have) -> Result<(), Text> {
        let project = if have.project { Ok(()) } else { Err(NO_PROJECT) };
        match self.row().need {
            Need::Nothing => Ok(()),
            Need::Project => project,
            Need::Writable => project.and_then(|()| writable(have)),
            Need::Undo => project.and_then(|()| writable(have)).and(yes(have.undo, NO_UNDO)),
            Need::Redo => project.and_then(|()| writable(have)).and(yes(have.redo, NO_REDO)),
            Need::Selection => project.and(yes(have.selection, NO_SELECTION)),
            Need::Parcel => project
                .and_then(|()| writable(have))
                .and_then(|()| yes(have.selection, NO_SELECTION)),
            Need::Tool => project.and(yes(have.tool, NO_TOOL)),
            Need::Findings => project.and(yes(have.findings, NO_FINDINGS)),
        }
    }

    /// The command whose keys were pressed in this frame, if any; its event is taken. Single letters
    /// are left alone while a text field has the focus.
    pub fn pressed(ctx: &Context) -> Option<Self> {
        let typing = ctx.text_edit_focused();
        ctx.input_mut(|input| {
            // Longer combinations first, so that Ctrl+Z does not answer to Ctrl+Shift+Z.
            let mut all: Vec<(Self, Keys)> = Self::ALL
                .iter()
                .flat_map(|c| c.keys().iter().map(|k| (*c, *k)))
                .collect();
            all.sort_by_key(|(_, k)| !k.modifiers.shift);
            all.into_iter()
                .filter(|(_, k)| !typing || !is_typing_key(k))
                .find(|(_, k)| input.consume_shortcut(k))
                .map(|(c, _)| c)
        })
    }
}

/// Keys a text field needs for itself: letters and its own undo, cursor and selection keys.
fn is_typing_key(k: &Keys) -> bool {
    let function = k.logical_key.name().starts_with('F') && k.logical_key.name().len() > 1;
    let own = matches!(
        k.logical_key,
        Key::Z | Key::Y | Key::Home | Key::End | Key::ArrowUp | Key::ArrowDown | Key::A
    );
    !function && (k.modifiers == PLAIN || k.modifiers == SHIFT || own)
}

const SHIFT: Modifiers = Modifiers::SHIFT;

const NO_PROJECT: Text = Text::new(
    "Hãy mở hoặc tạo một tệp huyện trước.",
    "Open or create a district file first.",
);
const READ_ONLY: Text = Text::new("Tệp đang mở chỉ để đọc.", "The file is open read-only.");
const WRITING: Text = Text::new(
    "Hãy chờ công việc đang ghi dữ liệu xong.",
    "Wait for the job that is writing to finish.",
);
const PAST: Text = Text::new(
    "Đang xem bản đồ của thời điểm trước: hãy về hiện tại để sửa.",
    "The map of an earlier moment is shown: go back to the present to edit.",
);
const NO_TOOL: Text = Text::new(
    "Hãy chọn một công cụ ranh thửa trước.",
    "Take a boundary tool in hand first.",
);
const NO_UNDO: Text = Text::new(
    "Chưa có thao tác nào của bạn để hoàn tác.",
    "No operation of yours to undo.",
);
const NO_REDO: Text = Text::new("Không có thao tác nào để làm lại.", "Nothing to redo.");
const NO_SELECTION: Text = Text::new("Hãy chọn một thửa đất trước.", "Select a parcel first.");
const NO_FINDINGS: Text = Text::new(
    "Không có lỗi nào trong danh sách.",
    "The list of findings is empty.",
);

fn writable(have: &Have) -> Result<(), Text> {
    yes(!have.read_only, READ_ONLY)
        .and(yes(!have.writing, WRITING))
        .and(yes(!have.past, PAST))
}

fn yes(ok: bool, why_not: Text) -> Result<(), Text> {
    if ok { Ok(()) } else { Err(why_not) }
}

/// Commands whose name or explanation holds every word of `query`, marks and đ/d ignored; those
/// whose name starts with the query first, then by menu order.
pub fn find(query: &str, lang: Lang) -> Vec<Command> {
    let query = fold(query);
    let words: Vec<&str> = query.split_whitespace().collect();
    let mut found: Vec<(u8, Command)> = Command::ALL
        .into_iter()
        .filter_map(|c| {
            let name = fold(c.text().get(lang));
            let all = [
                name.as_str(),
                &fold(c.text().vi),
                &fold(c.text().en),
                &fold(c.tip().get(lang)),
            ]
            .join(" ");
            let in_name = words.iter().all(|w| name.contains(w));
            let rank = if name.starts_with(query.trim()) {
                0
            } else if in_name {
                1
            } else {
                2
            };
            words.iter().all(|w| all.contains(w)).then_some((rank, c))
        })
        .collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, c)| c).collect()
}

/// For comparing what people type: no marks, đ as d, lower case.
fn fold(s: &str) -> String {
    crate::text::fold::fold(s)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn all_lists_each_command_once_and_no_two_share_keys() {
        let mut seen = BTreeMap::new();
        let mut commands = std::collections::BTreeSet::new();
        for c in Command::ALL {
            assert!(commands.insert(c), "{c:?} twice");
            assert!(!c.text().vi.is_empty() && !c.text().en.is_empty() && !c.tip().vi.is_empty());
            for k in c.keys() {
                let old = seen.insert(format!("{k:?}"), c);
                assert!(old.is_none(), "{c:?} and {old:?} share {k:?}");
            }
        }
    }

    #[test]
    fn palette_finds_without_marks_and_ranks_names_first() {
        assert_eq!(find("doi dinh", Lang::Vi)[0], Command::ToolMovePoint);
        assert_eq!(find("DỜI ĐỈNH", Lang::Vi)[0], Command::ToolMovePoint);
        assert_eq!(find("nhap du lieu", Lang::Vi)[0], Command::Import);
        assert_eq!(find("undo", Lang::Vi), [Command::Undo]);
        assert_eq!(find("", Lang::En).len(), Command::ALL.len());
        assert!(find("không có lệnh này", Lang::Vi).is_empty());
    }

    #[test]
    fn a_command_that_cannot_run_says_why() {
        let none = Have::default();
        assert_eq!(Command::Import.check(&none), Err(NO_PROJECT));
        let ro = Have {
            project: true,
            read_only: true,
            ..none
        };
        assert_eq!(Command::Import.check(&ro), Err(READ_ONLY));
        assert_eq!(Command::ExportPackage.check(&ro), Ok(()));
        let open = Have {
            project: true,
            ..none
        };
        assert_eq!(Command::Undo.check(&open), Err(NO_UNDO));
        assert_eq!(Command::NextFinding.check(&open), Err(NO_FINDINGS));
        assert_eq!(Command::Open.check(&none), Ok(()));
    }
}
