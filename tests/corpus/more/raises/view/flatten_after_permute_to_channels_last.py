# ---
# id: "view/flatten_after_permute_to_channels_last"
# kind: "raises"
# cause: "The permuted images are not contiguous, so view(-1) cannot flatten them."
# ---
import torch

pictures = torch.rand(10, 3, 8, 8)
as_hwc = pictures.permute(0, 2, 3, 1)
brightness = as_hwc.view(-1, 3).mean(0)
print("mean per channel", brightness)
