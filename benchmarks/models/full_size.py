"""SD-Turbo and SVD-XT as they were published, but for their weights, which are random: as heavy, and no good."""

import sys
from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL,
    AutoencoderKLTemporalDecoder,
    EulerDiscreteScheduler,
    StableDiffusionPipeline,
    StableVideoDiffusionPipeline,
    UNet2DConditionModel,
    UNetSpatioTemporalConditionModel,
)
from transformers import (
    CLIPImageProcessorPil,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
)

sys.path.append(str(Path(__file__).parents[2] / "tests" / "engines"))
from tiny_models import clip_model, clip_tokenizer, picture_model

WIDTHS = (320, 640, 1280, 1280)
HEADS = (5, 10, 20, 20)
PARAMETERS = {"sd unet": 865_910_724, "sd text": 340_387_840, "svd unet": 1_524_623_082, "svd seeing": 632_076_800}
"""As the published files have them."""


def sd_turbo(folder: Path, device: str, *, tiny: bool) -> Path:
    """A folder with SD-Turbo: 512×512, one step."""
    if tiny:
        return picture_model(folder)
    with torch.device(device):
        unet = UNet2DConditionModel(
            sample_size=64,
            block_out_channels=WIDTHS,
            attention_head_dim=HEADS,
            cross_attention_dim=1024,
            use_linear_projection=True,
        )
        text = CLIPTextModel(
            CLIPTextConfig(
                vocab_size=49408,
                hidden_size=1024,
                intermediate_size=4096,
                num_hidden_layers=23,
                num_attention_heads=16,
                hidden_act="gelu",
                bos_token_id=0,
                eos_token_id=1,
                pad_token_id=1,
            )
        )
        vae = AutoencoderKL(
            block_out_channels=(128, 256, 512, 512),
            layers_per_block=2,
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            sample_size=512,
        )
    check("sd unet", unet)
    check("sd text", text)
    StableDiffusionPipeline(
        vae=vae,
        text_encoder=text,
        tokenizer=clip_tokenizer(folder.parent / "words"),
        unet=unet,
        scheduler=EulerDiscreteScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            steps_offset=1,
            timestep_spacing="trailing",
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).to(dtype=torch.bfloat16).save_pretrained(folder)
    return folder


def svd_xt(folder: Path, device: str, *, tiny: bool) -> Path:
    """A folder with Stable Video Diffusion XT: 25 frames of 1024×576."""
    if tiny:
        return clip_model(folder)
    with torch.device(device):
        unet = UNetSpatioTemporalConditionModel(sample_size=96, num_attention_heads=HEADS, num_frames=25)
        vae = AutoencoderKLTemporalDecoder(
            block_out_channels=(128, 256, 512, 512),
            down_block_types=("DownEncoderBlock2D",) * 4,
            layers_per_block=2,
            sample_size=768,
        )
        seeing = CLIPVisionModelWithProjection(
            CLIPVisionConfig(
                hidden_size=1280,
                intermediate_size=5120,
                num_hidden_layers=32,
                num_attention_heads=16,
                patch_size=14,
                projection_dim=1024,
                hidden_act="gelu",
            )
        )
    check("svd unet", unet)
    check("svd seeing", seeing)
    StableVideoDiffusionPipeline(
        vae=vae,
        image_encoder=seeing,
        unet=unet,
        scheduler=EulerDiscreteScheduler(
            beta_start=0.00085,
            beta_end=0.012,
            beta_schedule="scaled_linear",
            prediction_type="v_prediction",
            timestep_type="continuous",
            use_karras_sigmas=True,
            sigma_min=0.002,
            sigma_max=700.0,
        ),
        feature_extractor=CLIPImageProcessorPil(crop_size=224, size=224),
    ).to(dtype=torch.bfloat16).save_pretrained(folder)
    return folder


def check(name: str, module: torch.nn.Module) -> None:
    number = sum(one.numel() for one in module.parameters())
    assert number == PARAMETERS[name], f"{name} has {number} parameters, not {PARAMETERS[name]}"
