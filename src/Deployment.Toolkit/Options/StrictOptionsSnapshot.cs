using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace Deployment.Toolkit.Options;

/// <summary>The options as they were when the scope first asked for any: all options of a scope are of one state.</summary>
internal sealed class StrictOptionsSnapshot<
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions
>(ConfigurationStore store, ScopeSnapshot scope) : IOptionsSnapshot<TOptions>
    where TOptions : class
{
    public TOptions Value => Get("");

    public TOptions Get(string? name) =>
        (TOptions)store.Get(store.Find(typeof(TOptions), name ?? "") ?? throw NotRegistered.For<TOptions>(name ?? ""), out _, scope);
}

/// <summary>The snapshot that a scope has seen.</summary>
internal sealed class ScopeSnapshot(ConfigurationStore store)
{
    internal ConfigurationSnapshot Snapshot => field ??= store.Current;
}
