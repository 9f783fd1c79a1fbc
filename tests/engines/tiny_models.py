"""Model folders with few and random weights, built on the spot: they load as real ones do, and are quick."""

import json
from pathlib import Path
from typing import Any

STEPS = 2
_UNET: dict[str, Any] = {
    "sample_size": 32,
    "block_out_channels": (8, 16),
    "layers_per_block": 1,
    "norm_num_groups": 4,
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
    "cross_attention_dim": 16,
    "attention_head_dim": 4,
}


def picture_model(folder: Path) -> Path:
    """A Stable Diffusion pipeline that paints 64×64 pixels."""
    import torch
    from diffusers import AutoencoderKL, EulerDiscreteScheduler, StableDiffusionPipeline, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel

    torch.manual_seed(0)
    unet = UNet2DConditionModel(**_UNET)
    text = CLIPTextConfig(
        vocab_size=600,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=77,
        projection_dim=16,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
    )
    StableDiffusionPipeline(
        vae=AutoencoderKL(
            block_out_channels=(8, 16),
            down_block_types=("DownEncoderBlock2D",) * 2,
            up_block_types=("UpDecoderBlock2D",) * 2,
            latent_channels=4,
            norm_num_groups=4,
        ),
        text_encoder=CLIPTextModel(text),
        tokenizer=clip_tokenizer(folder.parent / f"{folder.name}-words"),
        unet=unet,
        scheduler=EulerDiscreteScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).save_pretrained(folder)
    return folder


def clip_model(folder: Path) -> Path:
    """A Stable Video Diffusion pipeline of four frames of 64×64 pixels."""
    import torch
    from diffusers import (
        AutoencoderKLTemporalDecoder,
        EulerDiscreteScheduler,
        StableVideoDiffusionPipeline,
        UNetSpatioTemporalConditionModel,
    )
    from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModelWithProjection

    torch.manual_seed(0)
    seeing = CLIPVisionConfig(
        hidden_size=16,
        projection_dim=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=224,  # the pipeline resizes to this
        intermediate_size=32,
        patch_size=56,
    )
    StableVideoDiffusionPipeline(
        vae=AutoencoderKLTemporalDecoder(
            block_out_channels=(32, 32),
            down_block_types=("DownEncoderBlock2D",) * 2,
            latent_channels=4,
            layers_per_block=1,
        ),
        image_encoder=CLIPVisionModelWithProjection(seeing),
        unet=UNetSpatioTemporalConditionModel(
            sample_size=32,
            num_frames=4,
            in_channels=8,
            out_channels=4,
            block_out_channels=(32, 64),
            layers_per_block=1,
            down_block_types=("CrossAttnDownBlockSpatioTemporal", "DownBlockSpatioTemporal"),
            up_block_types=("UpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal"),
            cross_attention_dim=16,
            num_attention_heads=4,
            projection_class_embeddings_input_dim=24,
            addition_time_embed_dim=8,
        ),
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
        feature_extractor=CLIPImageProcessor(crop_size=224, size=224),
    ).save_pretrained(folder)
    return folder


def clip_tokenizer(folder: Path) -> Any:
    """CLIP's, with letters for words."""
    from transformers import CLIPTokenizer

    folder.mkdir()
    letters = [chr(code) for code in range(33, 127)]
    tokens = ["<|startoftext|>", "<|endoftext|>", *letters, *(f"{letter}</w>" for letter in letters)]
    (folder / "vocab.json").write_text(json.dumps({token: number for number, token in enumerate(tokens)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=77)


def story_model(folder: Path) -> Path:
    """A Qwen2 that says as little as its grammar allows, and of words it may choose from always likes the same best."""
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    words = _byte_tokenizer()
    torch.manual_seed(0)
    shape = Qwen2Config(
        vocab_size=len(words),
        hidden_size=32,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=16384,
        tie_word_embeddings=False,
        bos_token_id=0,
        eos_token_id=0,
    )
    model = Qwen2ForCausalLM(shape)
    with torch.no_grad():
        # Whatever was read, the last hidden state is nearly the first unit vector, so the first column of the head
        # says how much each token is liked.
        model.model.embed_tokens.weight[:, 0] = 1000.0
        likes = torch.rand(len(words))
        for place, text in enumerate(("<|endoftext|>", '"', "]", "}", ",")):
            likes[words.convert_tokens_to_ids(text)] = 9.0 - place
        model.lm_head.weight[:] = 0.0
        model.lm_head.weight[:, 0] = likes
    model.save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


def voice_model(folder: Path, *, speakers: int = 1) -> Path:
    """A VITS of the letters a … z."""
    import torch
    from transformers import VitsConfig, VitsModel, VitsTokenizer

    torch.manual_seed(0)
    folder.mkdir(parents=True)
    letters = [*"_abcdefghijklmnopqrstuvwxyz ', "]
    (folder / "vocab.json").write_text(json.dumps({letter: number for number, letter in enumerate(letters)}))
    shape = VitsConfig(
        vocab_size=len(letters),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        ffn_dim=16,
        flow_size=16,
        spectrogram_bins=9,
        prior_encoder_num_flows=1,
        posterior_encoder_num_wavenet_layers=1,
        prior_encoder_num_wavenet_layers=1,
        duration_predictor_num_flows=1,
        duration_predictor_filter_channels=16,
        upsample_initial_channel=16,
        upsample_rates=[8, 8],
        upsample_kernel_sizes=[16, 16],
        resblock_kernel_sizes=[3],
        resblock_dilation_sizes=[[1]],
        depth_separable_num_layers=1,
        use_stochastic_duration_prediction=False,
        num_speakers=speakers,
        speaker_embedding_size=8 if speakers > 1 else 0,
        sampling_rate=16000,
        speaking_rate=0.1,
    )
    VitsModel(shape).save_pretrained(folder)
    VitsTokenizer(str(folder / "vocab.json"), language="eng", phonemize=False).save_pretrained(folder)
    return folder


def _byte_tokenizer() -> Any:
    """Any byte is a token; a few long ones keep questions short."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    words = Tokenizer(models.BPE())
    words.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    words.decoder = decoders.ByteLevel()
    letters = pre_tokenizers.ByteLevel.alphabet()
    words.train_from_iterator([], trainers.BpeTrainer(special_tokens=["<|endoftext|>"], initial_alphabet=letters))
    told = "{% for message in messages %}{{ message.content }}\n\n{% endfor %}"
    return PreTrainedTokenizerFast(tokenizer_object=words, eos_token="<|endoftext|>", chat_template=told)


def decoder_model(folder: Path) -> Path:
    """A tiny autoencoder, as TAESD is one, for the pictures of `picture_model`."""
    import torch
    from diffusers import AutoencoderTiny

    torch.manual_seed(0)
    AutoencoderTiny(
        encoder_block_out_channels=(8, 8),
        decoder_block_out_channels=(8, 8),
        num_encoder_blocks=(1, 1),
        num_decoder_blocks=(1, 1),
        latent_channels=4,
    ).save_pretrained(folder)
    return folder


def adapter_model(folder: Path) -> Path:
    """An IP-Adapter for `picture_model`: adapter.safetensors, and its image encoder beside it."""
    import torch
    from diffusers import UNet2DConditionModel
    from safetensors.torch import save_file
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    torch.manual_seed(0)
    seeing = CLIPVisionConfig(
        hidden_size=16,
        projection_dim=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        image_size=32,
        intermediate_size=32,
        patch_size=16,
    )
    CLIPVisionModelWithProjection(seeing).save_pretrained(folder / "image_encoder")
    words, wide = 4, 16  # as many as diffusers expects
    weights = {
        "image_proj.proj.weight": torch.randn(words * wide, 16),
        "image_proj.proj.bias": torch.zeros(words * wide),
        "image_proj.norm.weight": torch.ones(wide),
        "image_proj.norm.bias": torch.zeros(wide),
    }
    unet = UNet2DConditionModel(**_UNET)
    places = [name for name in unet.attn_processors if name.endswith("attn2.processor")]
    for number, name in enumerate(places):
        heads = dict(unet.named_modules())[name.removesuffix(".processor")].to_k.out_features
        for part in ("k", "v"):
            weights[f"ip_adapter.{2 * number + 1}.to_{part}_ip.weight"] = torch.randn(heads, wide)
    save_file(weights, folder / "adapter.safetensors")
    return folder


def voices_model(folder: Path) -> Path:
    """The same with two speakers."""
    return voice_model(folder, speakers=2)
