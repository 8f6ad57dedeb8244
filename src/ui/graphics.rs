//! Which graphics adapter draws the window: Vulkan, then DirectX 12, then OpenGL, real ones before
//! software ones. An office PC without a GPU has a software one; if there is none at all, say what to
//! install.

use std::sync::Arc;

use eframe::egui_wgpu::{SurfaceConfig, WgpuConfiguration, WgpuError, WgpuSetup, WgpuSetupCreateNew};
use wgpu::{Adapter, Backend, DeviceType, Surface};

use crate::domain::Failure;
use crate::text::Text;

pub fn configuration() -> WgpuConfiguration {
    let mut setup = WgpuSetupCreateNew::without_display_handle();
    setup.native_adapter_selector = Some(Arc::new(choose));
    let configuration = WgpuConfiguration {
        wgpu_setup: WgpuSetup::CreateNew(setup),
        ..Default::default()
    };
    configuration.with_surface_config(SurfaceConfig::LOW_LATENCY)
}

/// Lower is better: (software, order of the interface).
fn rank(backend: Backend, device: DeviceType) -> (bool, u8) {
    let interface = match backend {
        Backend::Vulkan => 0,
        Backend::Dx12 => 1,
        Backend::Metal => 2,
        Backend::Gl => 3,
        _ => 4,
    };
    (device == DeviceType::Cpu, interface)
}

fn choose(adapters: &[Adapter], surface: Option<&Surface<'_>>) -> Result<Adapter, String> {
    let fits = |a: &&Adapter| surface.is_none_or(|s| a.is_surface_supported(s));
    let best = adapters.iter().filter(fits).min_by_key(|a| {
        let info = a.get_info();
        rank(info.backend, info.device_type)
    });
    best.cloned()
        .ok_or_else(|| format!("{} adapters, none can show a window", adapters.len()))
}

const NO_GRAPHICS: Text = Text::new(
    "Máy không có trình điều khiển đồ họa nào vẽ được cửa sổ.",
    "The PC has no graphics driver that can draw a window.",
);
const INSTALL: Text = Text::new(
    "Linux: cài gói mesa-vulkan-drivers (vẽ bằng phần mềm cũng được). Windows: cập nhật trình điều khiển màn hình. Các lệnh dòng lệnh vẫn chạy: diachinh --help.",
    "Linux: install the package mesa-vulkan-drivers (software drawing is enough). Windows: update the display driver. The command line still works: diachinh --help.",
);

pub fn failure(e: &WgpuError) -> Failure {
    Failure::new("NO_GRAPHICS", NO_GRAPHICS)
        .field(e.to_string())
        .remedy(INSTALL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_adapters_come_before_software_ones_and_vulkan_first() {
        let mut all = [
            (Backend::Vulkan, DeviceType::Cpu),
            (Backend::Gl, DeviceType::IntegratedGpu),
            (Backend::Dx12, DeviceType::DiscreteGpu),
            (Backend::Vulkan, DeviceType::IntegratedGpu),
            (Backend::Gl, DeviceType::Cpu),
        ];
        all.sort_by_key(|(b, d)| rank(*b, *d));
        let order: Vec<_> = all.iter().map(|(b, _)| *b).collect();
        assert_eq!(
            order,
            [
                Backend::Vulkan,
                Backend::Dx12,
                Backend::Gl,
                Backend::Vulkan,
                Backend::Gl
            ]
        );
        assert_eq!(all[3].1, DeviceType::Cpu);
    }
}
