namespace Deployment.Toolkit.Secrecy;

/// <summary>The settings of which the app said that each holds a secret, whatever it is called and whatever form it has.</summary>
internal sealed class DeclaredSecrets
{
    private readonly HashSet<string> _keys = new(StringComparer.OrdinalIgnoreCase);

    internal void Add(string? key)
    {
        if (key is not null)
            _keys.Add(key);
    }

    internal bool Holds(string key) => _keys.Contains(key);

    /// <summary>Whether it is one as a file writes it: as a variable does, and below what else the file holds.</summary>
    internal bool HoldsWritten(string key)
    {
        var written = key.Replace("__", ":", StringComparison.Ordinal);
        return Holds(written) || _keys.Any(held => written.EndsWith(":" + held, StringComparison.OrdinalIgnoreCase));
    }
}
