import numpy as np

from storyreel.media.sound.peaks import FULL, SAMPLES, peaks_of


def test_the_highest_swing_of_either_channel_counts() -> None:
    sound = np.zeros((2, 3 * SAMPLES + 10), np.float32)
    sound[1, 5], sound[0, SAMPLES], sound[0, -1] = -0.5, 0.25, 2.0
    assert peaks_of(sound) == [128, 64, 0, FULL]
    assert peaks_of(sound[:, :0]) == []
