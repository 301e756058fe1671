namespace Deployment.Toolkit.Settings.DotEnv;

/// <summary>Makes a table of a <c>.env</c> file. It never throws for what stands in the file.</summary>
internal static class DotEnvTable
{
    internal static ConfigurationTable Read(string source, byte[] content, bool isStrict, Func<string, string?> process)
    {
        var faults = new DotEnvFaults(source);
        var text = DotEnvText.Decode(content, out var flaw);
        if (flaw >= 0)
        {
            var (line, column) = DotEnvReader.PlaceOf(text, flaw);
            faults.Unreadable(line, column, "holds bytes that are no text. Save the file as UTF-8, or as UTF-16 with its mark.");
        }

        var entries = DotEnvReader.Read(text, isStrict, faults);
        var expander = new DotEnvExpander(entries, isStrict, process, faults);
        var expanded = expander.Expand();
        var values = new Dictionary<string, TableValue>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            var key = KeyOf(entry.Name);
            if (ConfigurationTable.IsTooDeep(key))
            {
                faults.Unreadable(
                    entry.Line,
                    entry.Column,
                    $"is given to a name of more than {ConfigurationTable.MostParts} parts. Shorten the name."
                );
                continue;
            }

            if (DotEnvNames.WithoutEffect(entry.Name) is { } why)
                faults.WithoutEffect(entry.Line, entry.Column, why, entry.Name);
            // PATH=$PATH:more is meant.
            if (values.TryGetValue(key, out var earlier) && !expander.UsesOwnName(i))
                faults.Duplicate(
                    entry.Line,
                    entry.Column,
                    $"sets {key} again; line {earlier.Line} does too, and the last one counts. Remove one.",
                    entry.Name
                );

            values[key] = new TableValue(key, expanded[i], entry.Line, entry.Column);
        }

        return new ConfigurationTable(source, values, new Dictionary<string, TableContainer>(), faults.InOrder());
    }

    /// <summary>The configuration key of a variable, as the provider of environment variables makes it.</summary>
    internal static string KeyOf(string name) => name.Replace("__", ":", StringComparison.Ordinal);
}
