// Energy and time by component and phase, in both directions.
function energy_section(root, e) {
    let by_phase = false, without_host = false, picture;
    const holder = el('div', {});
    const draw = () => {
        holder.replaceChildren();
        const names = Object.keys(e.components).filter(n => !(without_host && n === 'host'));
        const total = n => e.components[n].reduce((a, b) => a + b, 0);
        names.sort((a, b) => total(b) - total(a));
        picture = by_phase
            ? stacked_bars(holder, {title: 'Energy by phase', unit: 'J', parts: names, rows: e.phases.map((p, i) => ({name: p, values: names.map(n => e.components[n][i])}))})
            : stacked_bars(holder, {title: 'Energy by component', unit: 'J', parts: e.phases, rows: names.map(n => ({name: n, values: e.components[n]}))});
    };
    const components = el('button', {type: 'button', 'aria-pressed': true, onclick: () => choose(false)}, 'by component');
    const phases = el('button', {type: 'button', class: 'by-phase', 'aria-pressed': false, onclick: () => choose(true)}, 'by phase');
    const choose = on => { by_phase = on; press(phases, on); press(components, !on); draw(); };
    root.append(el('h3', {}, 'Energy'), el('div', {class: 'tools'}, components, phases,
        'host' in e.components ? toggle('without the host', false, on => { without_host = on; draw(); }) : '',
        ...savers(() => picture, 'energy')), holder);
    draw();
    let times;
    root.append(el('h3', {}, 'Simulated time on the critical path'), el('div', {class: 'tools'}, ...savers(() => times, 'time')));
    times = stacked_bars(root, {title: 'Time by phase', unit: 's', parts: e.phases, rows: e.phases.map((p, i) => ({name: p, values: e.phases.map((_, k) => k === i ? e.time_s[i] : 0)}))});
    const used = e.phases.map((p, i) => i).filter(i => e.time_s[i] > 0 || Object.values(e.components).some(v => v[i] > 0));
    const sum = values => values.reduce((a, b) => a + b, 0);
    const rows = Object.entries(e.components).sort((a, b) => sum(b[1]) - sum(a[1]))
        .map(([n, v]) => [n, ...used.map(i => v[i] > 0 ? si(v[i], 'J') : '–'), si(sum(v), 'J'), percent(sum(v) / e.total_j, 1)]);
    rows.push(['total', ...used.map(i => si(sum(Object.values(e.components).map(v => v[i])), 'J')), si(e.total_j, 'J'), '100 %']);
    root.append(el('details', {}, el('summary', {}, 'Numbers'), table(['component', ...used.map(i => e.phases[i]), 'total', 'share'], rows, true),
        table(['group', 'energy', 'share'], Object.entries(e.groups).filter(g => g[1] > 0).map(([n, v]) => [n, si(v, 'J'), percent(v / e.total_j, 1)]))),
        el('p', {class: 'note'}, `Component library ${e.library}, profile ${e.profile}; ${percent((e.marks.assumption || 0) / e.total_j, 1)} of the energy rests on assumptions. Not included: ${e.not_included.join('; ')}.`));
}
section({order: 3, id: 'energy', title: 'Energy and time', short: 'Energy',
    one: energy_section,
    solve: (root, s) => energy_section(root, s.energy),
    many(root, runs) {
        const known = runs.filter(r => r.energy);
        if (!known.length) return false;
        const sum = values => values.reduce((a, b) => a + b, 0);
        const names = [...new Set(known.flatMap(r => Object.keys(r.energy.components)))];
        const holder = el('div', {});
        let without_host = false, picture, times;
        const draw = () => {
            holder.replaceChildren();
            const parts = names.filter(n => !(without_host && n === 'host'));
            picture = stacked_bars(holder, {title: 'Energy by run', unit: 'J', parts, rows: known.map(r => ({name: r.overview.folder.slice(-16), values: parts.map(n => sum(r.energy.components[n] || [0]))}))});
        };
        root.append(el('h3', {}, 'Energy'), el('div', {class: 'tools'}, toggle('without the host', false, on => { without_host = on; draw(); }), ...savers(() => picture, 'energy')), holder);
        draw();
        root.append(el('h3', {}, 'Simulated time'), el('div', {class: 'tools'}, ...savers(() => times, 'time')));
        times = stacked_bars(root, {title: 'Time by run', unit: 's', parts: known[0].energy.phases, rows: known.map(r => ({name: r.overview.folder.slice(-16), values: r.energy.time_s}))});
    }});
