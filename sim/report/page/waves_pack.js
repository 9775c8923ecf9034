// Packed signals of the captured window, a pyramid of extremes of each, and what is known at a moment.
async function unpack_waves(w) {
    const stream = new Blob([bytes_of(w.data)]).stream().pipeThrough(new DecompressionStream('deflate'));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    let at = 0;
    const next = () => {
        let n = 0, scale = 1, byte;
        do { byte = bytes[at++]; n += (byte & 127) * scale; scale *= 128; } while (byte & 128);
        return n;
    };
    return w.signals.map(s => {
        const ticks = new Int32Array(s.points), values = new Int16Array(s.points);
        let last = 0;
        for (let i = 0; i < s.points; ++i) ticks[i] = last += next();
        last = 0;
        for (let i = 0; i < s.points; ++i) { const n = next(); values[i] = last += n % 2 ? -(n + 1) / 2 : n / 2; }
        return {...s, ticks, values, levels: pyramid(values), name: s.path.replace(/^coprocessor\//, '')};
    });
}

// levels[k] has the smallest and largest recorded value of every 8^(k + 1) points; 0 where none was recorded.
function pyramid(values) {
    const levels = [];
    let low = values, high = values;
    while (low.length > 8) {
        const n = Math.ceil(low.length / 8), l = new Int16Array(n), h = new Int16Array(n);
        for (let b = 0; b < n; ++b) {
            let lo = 32767, hi = 0;
            for (let i = 8 * b; i < Math.min(8 * b + 8, low.length); ++i) {
                if (low[i] && low[i] < lo) lo = low[i];
                if (high[i] > hi) hi = high[i];
            }
            l[b] = hi ? lo : 0;
            h[b] = hi;
        }
        levels.push({low: l, high: h});
        low = l;
        high = h;
    }
    return levels;
}

// Smallest and largest of the points from … to − 1, by the coarsest blocks that lie inside.
function extremes(s, from, to) {
    let lo = 32767, hi = 0;
    const take = (low, high, i) => { if (low[i] && low[i] < lo) lo = low[i]; if (high[i] > hi) hi = high[i]; };
    while (from < to) {
        let level = -1, size = 1;
        while (level + 1 < s.levels.length && from % (size * 8) === 0 && from + size * 8 <= to) { ++level; size *= 8; }
        if (level < 0) take(s.values, s.values, from);
        else take(s.levels[level].low, s.levels[level].high, from / size);
        from += size;
    }
    return [lo, hi];
}

// Index of the last point at or before a tick, −1 before the first.
function last_point(s, tick) {
    let a = 0, b = s.ticks.length;
    while (a < b) { const m = (a + b) >> 1; if (s.ticks[m] <= tick) a = m + 1; else b = m; }
    return a - 1;
}
function value_text(s, i) {
    if (i < 0 || !s.values[i]) return '';
    const v = s.values[i] - 1;
    if (s.kind === 'names') return s.names[v] ?? String(v);
    if (s.kind === 'bits') return String(v);
    return si(s.low + v / 4094 * (s.high - s.low), /^(V|W|A|J|F|s|Hz|rad)$/.test(s.unit) ? s.unit : '');
}
const name_color = (s, v) => phase_colors[s.names[v]] || color(v + 4);
