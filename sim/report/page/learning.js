// Curves of metrics.csv; of several runs, each run one colour.
function learning_charts(root, runs) {
    const known = runs.filter(r => r.learning);
    if (!known.length) return false;
    const charts = el('div', {class: 'charts'});
    root.append(charts);
    const several = runs.length > 1;
    const series = (column, name) => known.filter(r => r.learning.metrics[column]).map(r => ({name: several ? `${r.overview.folder}${name ? ', ' + name : ''}` : name || column,
        x: r.learning.metrics.epoch, y: r.learning.metrics[column]}));
    const per_epoch = (column, name) => series(column, name).map(s => ({...s, y: s.y.map((v, i) => v - (i ? s.y[i - 1] : 0))}));
    line_chart(charts, {title: 'Accuracy', file: 'accuracy', x: 'epoch', y: 'accuracy', percent: true, series: [...series('train_accuracy', 'training'), ...series('validation_accuracy', 'validation')]});
    line_chart(charts, {title: 'Cost', file: 'cost', x: 'epoch', y: 'mean cost', series: [...series('train_cost', 'training'), ...series('validation_cost', 'validation')]});
    line_chart(charts, {title: 'Energy so far', file: 'energy-so-far', x: 'epoch', y: 'energy (J)', series: series('energy_j', several ? '' : 'energy')});
    line_chart(charts, {title: 'Simulated time so far', file: 'time-so-far', x: 'epoch', y: 'time (s)', series: series('simulated_time_s', several ? '' : 'time')});
    line_chart(charts, {title: 'ADC conversions clipped, by epoch', file: 'clipped', x: 'epoch', y: 'conversions', series: per_epoch('adc_clipped', several ? '' : 'clipped')});
    line_chart(charts, {title: 'Couplings written, by epoch', file: 'written', x: 'epoch', y: 'couplings', series: per_epoch('couplings_written', several ? '' : 'written')});
    if (known.some(r => (r.learning.metrics.not_settled || []).some(v => v > 0)))
        line_chart(charts, {title: 'RELAX not settled, by epoch', file: 'not-settled', x: 'epoch', y: 'relaxations', series: per_epoch('not_settled', several ? '' : 'not settled')});
    return charts;
}
section({order: 2, id: 'learning', title: 'Learning',
    one(root, numbers, run) {
        const charts = learning_charts(root, [run]), r = numbers.responses;
        if (!charts || !r || !r.epoch.length) return charts;
        const groups = new Map();
        r.epoch.forEach((epoch, i) => {
            const key = r.distance[i] < 0 ? `${r.layer[i]}, no way to an output` : `${r.layer[i]}, at ${r.distance[i]}`;
            if (!groups.has(key)) groups.set(key, {name: key, x: [], y: []});
            groups.get(key).x.push(epoch);
            groups.get(key).y.push(r.rms_response[i] > 0 ? r.rms_response[i] : null);
        });
        line_chart(charts, {title: 'Response to the nudge, by couplings to the nearest output', file: 'responses', x: 'epoch', y: 'rms response', log: true, series: [...groups.values()]});
    },
    many: learning_charts});
