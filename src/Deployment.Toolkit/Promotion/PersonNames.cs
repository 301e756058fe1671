namespace Deployment.Toolkit.Promotion;

/// <summary>Compares names of people, as commits, accounts and lists write them.</summary>
internal static class PersonNames
{
    /// <summary>Whether both are one name: what lets somebody do something goes by this.</summary>
    internal static bool Same(string? one, string? other) =>
        one is not null && other is not null && string.Equals(one.Trim(), other.Trim(), StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether both may be one person's: <c>anna</c>, <c>Anna@example.org</c> and <c>ANNA</c>; <c>Anna Berg</c> and <c>anna.berg</c>.
    /// What keeps
    /// somebody out goes by this.
    /// </summary>
    internal static bool MayBeSame(string? one, string? other) =>
        one is not null
        && other is not null
        && (Same(one, other) || (Letters(one) is { Length: > 0 } letters && letters == Letters(other)));

    private static string Letters(string name)
    {
        var at = name.IndexOf('@', StringComparison.Ordinal);
        var local = at > 0 ? name.AsSpan(0, at) : name;
        // A tag of an address, as in anna+ci@example.org, is the same person's; in front of it GitHub puts the account's number.
        var plus = local.IndexOf('+');
        if (plus > 0)
            local = local[..plus].ContainsAnyExceptInRange('0', '9') ? local[..plus] : local[(plus + 1)..];
        return string.Concat(local.ToString().Where(char.IsLetterOrDigit)).ToUpperInvariant();
    }
}
