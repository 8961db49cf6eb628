// Frames that lie in the page, of which one is seen.
const frames = [...root.querySelectorAll(".mem-frame")];
control(root, i => frames.forEach((frame, j) => { frame.hidden = i !== j; }));
