// Timers of a hidden page fire once a minute at worst, and a place in a line that is silent for a
// minute is given away. Those of a worker run on.
onmessage = ({ data }) => setTimeout(() => postMessage(data.id), data.after_ms);
