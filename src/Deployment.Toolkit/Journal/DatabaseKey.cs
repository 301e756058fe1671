namespace Deployment.Toolkit.Journal;

/// <summary>
/// Tells one of an app's databases from the others. Records and steps of an app with one database bear no name of it.
/// </summary>
/// <param name="Name">As it was declared; empty where it has none.</param>
/// <param name="IsFirst">Whether it was declared first: what is recorded without a name, while it was alone, is about it.</param>
/// <param name="IsOnly">Whether there is no other.</param>
internal sealed record DatabaseKey(string Name, bool IsFirst, bool IsOnly)
{
    /// <summary>The only one, when nobody has to call it by a name.</summary>
    internal static DatabaseKey Only { get; } = new("", IsFirst: true, IsOnly: true);

    /// <summary>What records call it; <see langword="null"/> where there is no other.</summary>
    internal string? Recorded => IsOnly ? null : Name;

    /// <summary>Of one tenant: what the tenants are called together.</summary>
    internal string? Tenants { get; private init; }

    /// <summary>Of one tenant: its id, fit for a terminal.</summary>
    internal string? Tenant { get; private init; }

    /// <summary>The database of one of the tenants that this key stands for.</summary>
    internal DatabaseKey OfTenant(string shown) => new($"{Name}/{shown}", IsFirst: false, IsOnly: false) { Tenants = Name, Tenant = shown };

    /// <summary>The step about all tenants, also for one of them.</summary>
    internal string TenantsStep(string step) => StepPrefix(step) + (Tenants ?? Name);

    /// <summary>What chooses it on a command line, with a blank in front; nothing where there is no other.</summary>
    internal string Option =>
        IsOnly ? ""
        : Tenant is null ? $" --database {Name}"
        : $" --database {Tenants} --tenant {Quoted(Tenant)}";

    /// <summary>A version or a migration's title, with the database where there are others.</summary>
    internal string Title(string migration) => IsOnly ? migration : $"{Name}: {migration}";

    /// <summary>What a step that is there once for each database is called for this one.</summary>
    internal string Step(string step) => IsOnly ? step : StepPrefix(step) + Name;

    /// <summary>How the names of such a step begin.</summary>
    internal static string StepPrefix(string step) => step + ":";

    /// <summary>Whether what is recorded is about this one: without a name it is about what was there alone.</summary>
    internal bool IsOf(string? recorded) => recorded is null ? IsFirst : Is(recorded);

    internal bool Is(string? name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>A tenant's id as an argument. What is printed runs as it stands, and stands in single quotes itself.</summary>
    internal static string Quoted(string id) =>
        id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '@')
            ? id
            : $"\"{string.Concat(id.Select(static c => c is '"' or '\\' or '$' or '`' ? $"\\{c}" : c.ToString()))}\"";
}
