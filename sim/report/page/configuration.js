section({order: 11, id: 'configuration', title: 'Configuration, and how to run it again', short: 'Run it again',
    one(root, c) {
        root.append(table(['', ''], [['seed', c.seed], ['version', c.version], ['instruction set', c.isa], ['configuration (SHA-256)', c.sha256]]),
            el('p', {}, 'The same bits again, from config.toml in the folder of the run:'), el('pre', {}, `isinglass train ${c.folder}/config.toml --out ${c.folder}-again`),
            el('details', {}, el('summary', {}, 'config.toml, everything expanded'), el('pre', {}, c.toml),
                el('button', {type: 'button', onclick: () => save('config.toml', c.toml, 'text/plain')}, 'Save')));
    },
    many(root, runs) {
        const keys = runs.map(r => {
            const map = new Map();
            let table_name = '';
            for (const line of r.configuration.toml.split('\n')) {
                const head = line.match(/^\[+([^\]]+)\]+/), pair = line.match(/^([\w.-]+)\s*=\s*(.*?)(\s+#.*)?$/);
                if (head) table_name = head[1] + '.';
                else if (pair) map.set(table_name + pair[1], pair[2]);
            }
            return map;
        });
        const all = [...new Set(keys.flatMap(k => [...k.keys()]))].filter(k => new Set(keys.map(m => m.get(k))).size > 1);
        root.append(el('h3', {}, 'What differs'), all.length ? table(['key', ...runs.map(r => r.overview.folder)], all.map(k => [k, ...keys.map(m => m.get(k) ?? '–')])) : el('p', {}, 'Nothing: all runs have one configuration.'));
    }});
