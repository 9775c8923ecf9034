// A sweep: its points as a table, test error along an axis, and error against energy.
const mean = values => values.length ? values.reduce((a, b) => a + b, 0) / values.length : null;
function spread(values, text) {
    const m = mean(values);
    if (m === null) return '–';
    const deviation = Math.sqrt(values.reduce((a, v) => a + (v - m) ** 2, 0) / Math.max(1, values.length - 1));
    return values.length > 1 ? `${text(m).replace(/ %$/, '')} ± ${text(deviation)}` : text(m);
}
// A folder's page beside the sweep's own.
const run_links = p => el('span', {}, ...p.folders.map((f, i) => el('a', {href: `${f.split('/').map(encodeURIComponent).join('/')}/report.html`}, `${i ? ', ' : ''}${f.split('/').pop()}`)));

section({order: 1, id: 'sweep', title: 'Points',
    sweep(root, s) {
        const r = s.result, points = r.points;
        document.getElementById('subtitle').textContent = `${r.experiment}, ${points.length} points, ${points.reduce((a, p) => a + p.test_error.length, 0)} runs${r.complete ? '' : '; not complete'}`;
        const best = points.reduce((a, p, i) => mean(p.test_error) < mean(points[a].test_error) ? i : a, 0);
        if (points.length) root.append(tiles([['least test error', spread(points[best].test_error, percent)], ['at', points[best].labels.join(', ')],
            ['its energy', si(mean(points[best].energy_j), 'J')], ['knee', r.knee === undefined ? null : points[r.knee].labels.join(', ')]]));
        root.append(table([...r.axes, 'test error', 'on the ideal machine', 'energy', 'simulated time', 'pareto', 'runs'],
            points.map(p => [...p.labels, spread(p.test_error, percent), spread(p.ideal_test_error, percent), si(mean(p.energy_j), 'J'), si(mean(p.simulated_time_s), 's'), p.pareto ? 'yes' : '', run_links(p)])));
    }});
section({order: 2, id: 'axes', title: 'Error and energy',
    sweep(root, s) {
        const {points, axes} = s.result;
        if (!points.length) return false;
        const charts = el('div', {class: 'charts'});
        root.append(charts);
        const steps = axes.map((_, a) => [...new Set(points.map(p => p.labels[a]))]);
        const along = steps.reduce((a, names, i) => names.length > steps[a].length ? i : a, 0), names = steps[along];
        const numeric = names.every(n => n !== '' && Number.isFinite(Number(n))), groups = new Map();
        for (const p of points) {
            const key = p.labels.filter((_, a) => a !== along).join(', ');
            groups.set(key, [...(groups.get(key) || []), p]);
        }
        const x = p => numeric ? Number(p.labels[along]) : names.indexOf(p.labels[along]);
        const series = (field, what) => [...groups].map(([key, ps]) => ({name: key || what, x: ps.map(x), y: ps.map(p => mean(p[field]))}));
        const ideal = series('ideal_test_error', 'on the ideal machine');
        line_chart(charts, {title: `Test error along ${axes[along]}`, file: 'test-error', x: axes[along], y: 'mean test error', percent: true, names: numeric ? null : names,
            series: groups.size > 1 ? series('test_error', '') : [...series('test_error', 'on the machine'), ...ideal]});
        const scatter = scatter_svg({title: 'Test error against energy', x: 'energy (J)', y: 'mean test error', points: points.map(p => ({x: mean(p.energy_j), y: mean(p.test_error), best: p.pareto, name: p.labels.join(', ')}))});
        charts.append(el('figure', {}, el('h3', {}, 'Test error against energy'), el('div', {class: 'tools'}, ...savers(() => scatter, 'pareto')), scatter,
            el('figcaption', {}, 'A point each; joined are those that no other beats in both.')));
    }});

// Points on logarithmic x; the best ones joined.
function scatter_svg(c) {
    const w = 560, h = 330, left = 66, right = 16, top = 14, bottom = 46, known = c.points.filter(p => p.x > 0 && p.y !== null);
    const xs = known.map(p => Math.log10(p.x)), ys = known.map(p => p.y), pad = (a, b) => (b - a) * .06 || .05;
    const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const [px, py] = [pad(x0, x1), pad(y0, y1)];
    const X = x => left + (Math.log10(x) - x0 + px) / (x1 - x0 + 2 * px) * (w - left - right), Y = y => h - bottom - (y - y0 + py) / (y1 - y0 + 2 * py) * (h - top - bottom);
    const picture = svg('svg', {viewBox: `0 0 ${w} ${h}`, width: '100%', style: `max-width:${w}px`, role: 'img', 'aria-label': c.title});
    for (const t of ticks_of(y0 - py, y1 + py)) picture.append(svg('line', {class: 'axis', x1: left, x2: w - right, y1: Y(t), y2: Y(t)}), svg('text', {class: 'soft', x: left - 6, y: Y(t) + 4, 'text-anchor': 'end'}, percent(t, 1)));
    for (const t of ticks_of(x0 - px, x1 + px, 4)) picture.append(svg('text', {class: 'soft', x: X(10 ** t), y: h - bottom + 16, 'text-anchor': 'middle'}, si(10 ** t)));
    picture.append(svg('text', {x: (left + w) / 2, y: h - 10, 'text-anchor': 'middle'}, `${c.x}; ${c.y} over it`),
        svg('polyline', {fill: 'none', stroke: color(0), points: known.filter(p => p.best).sort((a, b) => a.x - b.x).map(p => `${X(p.x)},${Y(p.y)}`).join(' ')}));
    for (const p of known) {
        const text = `${p.name}: ${percent(p.y)}, ${si(p.x, 'J')}`, dot = svg('circle', {cx: X(p.x), cy: Y(p.y), r: 5, fill: p.best ? color(0) : '#fff', stroke: color(0), tabindex: 0}, svg('title', {}, text));
        dot.addEventListener('pointermove', e => show_tip(e, text));
        dot.addEventListener('pointerleave', hide_tip);
        picture.append(dot);
    }
    return picture;
}
