// How far the machine stands above what physics allows, on a logarithmic scale.
section({order: 4, id: 'limits', title: 'Roof of physical limits', short: 'Limits',
    one(root, l) {
        const times = x => Number(x.toPrecision(3)).toLocaleString('en');
        const w = 1000, left = 300, right = 190, bar = 22, most = Math.max(...l.rows.map(r => Math.log10(Math.max(r.value / r.bound, 10))));
        const picture = svg('svg', {viewBox: `0 0 ${w} ${l.rows.length * 34 + 26}`, width: '100%', role: 'img', 'aria-label': 'Quantities over their physical limits'});
        const X = ratio => left + Math.max(0, Math.log10(ratio)) / most * (w - left - right);
        for (let d = 0; d <= most; d += Math.max(1, Math.ceil(most / 6)))
            picture.append(svg('line', {class: 'axis', x1: X(10 ** d), x2: X(10 ** d), y1: 0, y2: l.rows.length * 34}),
                svg('text', {class: 'soft', x: X(10 ** d), y: l.rows.length * 34 + 16, 'text-anchor': 'middle'}, d === 0 ? 'limit' : `10^${d}`));
        l.rows.forEach((r, i) => {
            const ratio = r.value / r.bound;
            const part = svg('rect', {x: left, y: i * 34 + 2, width: Math.max(2, X(ratio) - left), height: bar, fill: color(ratio < 1 ? 3 : 0)});
            part.addEventListener('pointermove', e => show_tip(e, `${r.what}: ${si(r.value, r.unit)}; limit (${r.limit}): ${si(r.bound, r.unit)}`));
            part.addEventListener('pointerleave', hide_tip);
            picture.append(svg('text', {x: left - 8, y: i * 34 + 18, 'text-anchor': 'end'}, r.what), part,
                svg('text', {x: Math.max(left, X(ratio)) + 6, y: i * 34 + 18}, `${si(r.value, r.unit)}, ${times(ratio)} times`));
        });
        root.append(el('div', {class: 'tools'}, ...savers(() => picture, 'limits')), picture,
            table(['quantity', 'here', 'limit', 'which limit', 'times'], l.rows.map(r => [r.what, si(r.value, r.unit), si(r.bound, r.unit), r.limit, times(r.value / r.bound)])),
            el('p', {class: 'note'}, `At ${l.temperature_k} K. A phase shorter than its limit stops before nodes have settled to half an LSB; a nudged phase starts near its end, so that it may.`));
    }});
