function overview_row(o) {
    return [['test accuracy', percent(o.test_accuracy)], ['on the ideal machine', percent(o.ideal_test_accuracy)],
        ['training accuracy', percent(o.train_accuracy)], ['energy', si(o.energy_j, 'J')], ['energy a sample', si(o.energy_per_sample_j, 'J')],
        ['simulated time', si(o.simulated_time_s, 's')], ['time a sample', si(o.time_per_sample_s, 's')],
        ['samples presented', o.samples.toLocaleString('en')], ['epochs', String(o.epochs)],
        ['ADC conversions clipped', o.adc_clipped.toLocaleString('en')], ['RELAX not settled', o.not_settled.toLocaleString('en')],
        ['couplings saturated', o.couplings_saturated.toLocaleString('en')]];
}
section({order: 1, id: 'overview', title: 'Overview',
    one(root, o) {
        document.getElementById('subtitle').textContent = `${o.model} network (${o.layers}) on ${o.machine}, ${o.array} array, data set ${o.data}, seed ${o.seed}`;
        root.append(tiles(overview_row(o)), el('p', {class: 'note'}, `${o.couplings.toLocaleString('en')} couplings and node parameters; stopped because: ${o.stopped_because}. ` +
            `The simulation took ${o.wall.time_s.toFixed(1)} s (${Math.round(o.wall.samples_per_s)} samples a second).`));
    },
    many(root, runs) {
        document.getElementById('subtitle').textContent = runs.map(r => r.overview.folder).join(', ');
        const rows = runs.map(r => overview_row(r.overview));
        root.append(table(['', ...runs.map(r => r.overview.folder)], [['machine', ...runs.map(r => r.overview.machine)], ['seed', ...runs.map(r => r.overview.seed)],
            ...rows[0].map(([name], i) => [name, ...rows.map(row => row[i][1])])]));
    }});
