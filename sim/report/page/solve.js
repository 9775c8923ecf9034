section({order: 1, id: 'solve', title: 'Result',
    solve(root, s) {
        const r = s.result;
        document.getElementById('subtitle').textContent = `${r.graph}: ${r.spins} spins, ${r.couplings} couplings; ${r.solver} on ${r.machine}, ${r.steps} steps a shot, seed ${r.seed}`;
        root.append(tiles([['best cut', String(r.best_cut)], ['lowest energy', String(r.best_energy)], ['shots', String(r.shots)], ['mean cut', fixed(r.mean_cut)],
            [`success probability to ${r.target_cut}`, fixed(r.success_probability)], ['time to solution, 99 %', si(r.tts99_s, 's')],
            ['energy to solution, 99 %', si(r.energy_to_solution_j, 'J')], ['a shot', `${si(r.time_per_shot_s, 's')}, ${si(r.energy_per_shot_j, 'J')}`]]));
        root.append(el('p', {class: 'note'}, `Stopped because: ${r.stopped_because}. Success with 95 % interval ${r.success_interval.map(fixed).join(' … ')}.`));
        const charts = el('div', {class: 'charts'}), low = Math.min(...r.cuts), high = Math.max(...r.cuts), bins = Math.max(1, Math.min(60, Math.ceil(high - low) + 1));
        root.append(charts);
        const counts = new Array(bins).fill(0), width = (high - low) / Math.max(1, bins - 1) || 1;
        for (const cut of r.cuts) ++counts[Math.round((cut - low) / width)];
        const picture = columns_svg({title: 'Cuts of all shots', counts, from: String(low), to: String(high), label: i => `cut ${bins === 1 ? low : Number((low + i * width).toPrecision(8))}`, mark: new Set([bins - 1])});
        charts.append(el('figure', {}, el('h3', {}, 'Cuts of all shots'), el('div', {class: 'tools'}, ...savers(() => picture, 'cuts')), picture));
        let best = -Infinity;
        const shots = r.cuts.map((_, i) => i + 1);
        line_chart(charts, {title: 'Cut of each shot, and the best so far', file: 'shots', x: 'shot', y: 'cut', series: [{name: 'shot', x: shots, y: r.cuts}, {name: 'best so far', x: shots, y: r.cuts.map(v => best = Math.max(best, v))}]});
        const side = Math.ceil(Math.sqrt(r.best_state.length)), map = heat_map(Math.ceil(r.best_state.length / side), side, Math.max(1, Math.floor(360 / side)), (y, x, v) => `spin ${y * side + x + 1}: ${v > 0 ? 1 : -1}`);
        const draw = () => map.draw([...r.best_state].map(c => c === '1' ? 1 : -1), 1);
        draw();
        on_theme(draw);
        charts.append(el('figure', {}, el('h3', {}, 'Best state'), map, el('figcaption', {}, 'Spins in their order, row by row')));
    }});
section({order: 11, id: 'again', title: 'Configuration, and how to run it again', short: 'Run it again',
    solve(root, s) {
        root.append(table(['', ''], [['version', s.version], ['seed', s.result.seed]]), el('pre', {}, s.command),
            el('details', {}, el('summary', {}, 'The experiment, everything expanded'), el('pre', {}, s.toml)));
    },
    sweep(root, s) {
        root.append(table(['', ''], [['version', s.version], ['experiment', s.result.experiment]]), el('pre', {}, s.command),
            el('details', {}, el('summary', {}, 'The sweep, everything expanded'), el('pre', {}, s.toml)));
    }});
