// Line charts: dygraphs on screens, the same as SVG for print and papers.

// c: {title, file, x, y, percent, log, names, series: [{name, x, y}]}; x values of all series together make the axis.
// Where there are names, x is an index into them.
function line_chart(root, c) {
    const series = c.series.filter(s => s.y.some(v => v !== null && v !== undefined));
    if (!series.length) return;
    const xs = [...new Set(series.flatMap(s => s.x))].sort((a, b) => a - b);
    const columns = series.map(s => new Map(s.x.map((x, i) => [x, s.y[i] ?? null])));
    const rows = xs.map(x => [x, ...columns.map(m => m.has(x) ? m.get(x) : null)]);
    const chart = el('div', {class: 'chart', tabindex: 0, role: 'img', 'aria-label':
        `${c.title}. Keys: + and - zoom, arrows pan, 0 shows all.`});
    const picture = line_svg(c, series, xs), legend = el('div', {class: 'legend'});
    let log = !!c.log;
    const log_button = toggle('log', log, on => { log = on; graph.updateOptions({logscale: on}); });
    root.append(el('figure', {}, el('h3', {}, c.title), el('div', {class: 'tools'},
        el('button', {type: 'button', class: 'chart-all', onclick: () => graph.resetZoom()}, 'all'), log_button,
        ...savers(() => picture, c.file), legend), chart,
        el('div', {class: 'print-only'}, picture), c.note ? el('figcaption', {}, c.note) : ''));
    const label = v => c.percent ? percent(v) : fixed(v);
    const at_x = v => c.names ? c.names[v] ?? '' : fixed(v);
    const colors = () => ({axisLineColor: css('--soft'), gridLineColor: css('--line')});
    const graph = new Dygraph(chart, rows, {
        labels: [c.x, ...series.map(s => s.name)], colors: series.map((s, i) => s.color || color(i)),
        xlabel: c.x, ylabel: c.y, connectSeparatedPoints: true, drawPoints: xs.length < 60, pointSize: 2,
        strokeWidth: 1.8, legend: 'always', labelsDiv: legend, logscale: log, includeZero: false, xRangePad: 8, digitsAfterDecimal: 5,
        highlightSeriesOpts: series.length > 1 ? {strokeWidth: 3} : null, animatedZooms: false,
        animateBackgroundFade: false, // its end would take away what the pointer chose meanwhile
        axes: {y: {valueFormatter: label, axisLabelFormatter: label, axisLabelWidth: 62},
               x: {valueFormatter: v => `${c.x} ${at_x(v)}`, ...(c.names ? {axisLabelFormatter: at_x, ticker: (a, b) => c.names.map((label, v) => ({v, label})).filter(t => t.v >= a && t.v <= b)} : {})}}, ...colors()});
    fits.push(() => graph.resize());
    on_theme(() => graph.updateOptions(colors()));
    chart.addEventListener('keydown', event => {
        const [low, high] = graph.xAxisRange(), [first, last] = graph.xAxisExtremes();
        const width = high - low, step = {'+': [.2, -.2], '=': [.2, -.2], '-': [-.3, .3], ArrowLeft: [-.2, -.2],
            ArrowRight: [.2, .2]}[event.key];
        if (event.key === '0') graph.resetZoom();
        else if (step) graph.updateOptions({dateWindow: [Math.max(first, low + step[0] * width), Math.min(last, high + step[1] * width)]});
        else return;
        event.preventDefault();
    });
    chart.graph = graph; // for tests and the console
}

function ticks_of(low, high, count = 5) {
    const raw = (high - low) / count, power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map(k => k * power).find(s => s >= raw);
    const ticks = [];
    for (let v = Math.ceil(low / step) * step; v <= high + step * 1e-9; v += step) ticks.push(Number(v.toPrecision(12)));
    return ticks;
}

function line_svg(c, series, xs) {
    const w = 560, h = 330, left = 66, right = 12, top = 14, bottom = 42 + 16 * Math.ceil(series.length / 3);
    const flat = series.flatMap(s => s.y).filter(v => Number.isFinite(v) && (!c.log || v > 0));
    const map = c.log ? Math.log10 : v => v;
    let low = Math.min(...flat.map(map)), high = Math.max(...flat.map(map));
    if (high === low) { high += Math.abs(high) * 0.01 + 1e-12; low -= Math.abs(low) * 0.01 + 1e-12; }
    const x0 = xs[0], x1 = xs[xs.length - 1] === x0 ? x0 + 1 : xs[xs.length - 1];
    const X = x => left + (x - x0) / (x1 - x0) * (w - left - right);
    const Y = y => top + (high - map(y)) / (high - low) * (h - top - bottom);
    const root = svg('svg', {viewBox: `0 0 ${w} ${h}`, width: w, height: h, role: 'img', 'aria-label': c.title});
    const label = v => c.percent ? percent(v, 1) : fixed(v);
    for (const t of ticks_of(low, high)) {
        const v = c.log ? 10 ** t : t;
        root.append(svg('line', {class: 'axis', x1: left, x2: w - right, y1: Y(v), y2: Y(v)}),
            svg('text', {class: 'soft', x: left - 6, y: Y(v) + 4, 'text-anchor': 'end'}, label(v)));
    }
    for (const t of c.names ? xs : ticks_of(x0, x1)) root.append(svg('text', {class: 'soft', x: X(t), y: h - bottom + 16, 'text-anchor': 'middle'}, c.names ? c.names[t] : fixed(t)));
    root.append(svg('text', {x: (left + w) / 2, y: h - bottom + 32, 'text-anchor': 'middle'}, `${c.x}${c.y ? `; ${c.y} over it` : ''}`));
    series.forEach((s, i) => {
        const points = s.x.map((x, k) => [x, s.y[k]]).filter(p => Number.isFinite(p[1]) && (!c.log || p[1] > 0));
        const stroke = s.color || color(i);
        root.append(svg('polyline', {fill: 'none', stroke, 'stroke-width': 1.6, points: points.map(p => `${X(p[0]).toFixed(1)},${Y(p[1]).toFixed(1)}`).join(' ')}),
            svg('rect', {x: left + i % 3 * 165, y: h - 20 - 16 * Math.floor((series.length - 1) / 3) + 16 * Math.floor(i / 3) + 3, width: 10, height: 10, fill: stroke}),
            svg('text', {x: left + 14 + i % 3 * 165, y: h - 8 - 16 * Math.floor((series.length - 1) / 3) + 16 * Math.floor(i / 3)}, s.name));
    });
    return root;
}

// Rows of stacked parts: c: {title, file, unit, parts: [name], rows: [{name, values: [by part]}]}
function stacked_bars(root, c) {
    const w = 1000, left = 120, right = 110, bar = 22, rows = c.rows.filter(r => r.values.some(v => v > 0));
    const total = r => r.values.reduce((a, b) => a + b, 0), shade_of = p => phase_colors[p.name] || color(p.i);
    const most = Math.max(...rows.map(total), 1e-300), h = rows.length * (bar + 6) + 34;
    const used = c.parts.map((name, i) => ({name, i})).filter(p => rows.some(r => r.values[p.i] > 0));
    const picture = svg('svg', {viewBox: `0 0 ${w} ${h + 18 * Math.ceil(used.length / 7)}`, width: '100%', role: 'img', 'aria-label': c.title});
    rows.forEach((r, y) => {
        picture.append(svg('text', {x: left - 8, y: y * (bar + 6) + 16, 'text-anchor': 'end'}, r.name));
        let x = left;
        for (const p of used) {
            const width = r.values[p.i] / most * (w - left - right);
            if (!(width > 0)) continue;
            const text = `${r.name}, ${p.name}: ${si(r.values[p.i], c.unit)} (${percent(r.values[p.i] / total(r), 1)} of ${r.name})`;
            const part = svg('rect', {x, y: y * (bar + 6), width, height: bar, fill: shade_of(p), tabindex: width > 3 ? 0 : -1}, svg('title', {}, text));
            part.addEventListener('pointermove', e => show_tip(e, text));
            part.addEventListener('pointerleave', hide_tip);
            picture.append(part);
            x += width;
        }
        picture.append(svg('text', {class: 'soft', x: x + 6, y: y * (bar + 6) + 16}, si(total(r), c.unit)));
    });
    used.forEach((p, k) => {
        const x = left + k % 7 * 122, y = h - 18 + 18 * Math.floor(k / 7);
        picture.append(svg('rect', {x, y, width: 11, height: 11, fill: shade_of(p)}), svg('text', {x: x + 16, y: y + 10}, p.name));
    });
    root.append(picture);
    return picture;
}

// Counts as columns. c: {title, counts, label(i), width, height, mark: set of emphasised indices}
function columns_svg(c) {
    const w = c.width || 460, h = c.height || 150, most = Math.max(...c.counts, 1), step = (w - 8) / c.counts.length;
    const picture = svg('svg', {viewBox: `0 0 ${w} ${h + 18}`, width: '100%', style: `max-width:${w * 1.3}px`, role: 'img', 'aria-label': c.title});
    c.counts.forEach((n, i) => {
        const height = n > 0 ? Math.max(1, (c.log ? Math.log1p(n) / Math.log1p(most) : n / most) * h) : 0;
        picture.append(svg('rect', {x: 4 + i * step, y: h - height, width: Math.max(step - (step > 4 ? 1 : 0), .5), height, fill: c.mark && c.mark.has(i) ? color(3) : color(0)}));
        const hit = svg('rect', {x: 4 + i * step, y: 0, width: step, height: h, fill: 'transparent'});
        hit.addEventListener('pointermove', e => show_tip(e, `${c.label(i)}: ${n}`));
        hit.addEventListener('pointerleave', hide_tip);
        picture.append(hit);
    });
    picture.append(svg('line', {class: 'axis', x1: 0, x2: w, y1: h, y2: h}),
        svg('text', {class: 'soft', x: 4, y: h + 14}, c.from), svg('text', {class: 'soft', x: w - 4, y: h + 14, 'text-anchor': 'end'}, c.to));
    return picture;
}
