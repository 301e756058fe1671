using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace Deployment.Toolkit.Options;

/// <summary>The options as they were when first asked for; they stay so, as <see cref="IOptions{TOptions}"/> promises.</summary>
internal sealed class StrictOptions<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions>(
    ConfigurationStore store
) : IOptions<TOptions>
    where TOptions : class
{
    private TOptions? _value;

    public TOptions Value
    {
        get
        {
            if (_value is { } kept)
                return kept;

            var value = (TOptions)
                store.Get(
                    store.Find(typeof(TOptions), Microsoft.Extensions.Options.Options.DefaultName) ?? throw NotRegistered.For<TOptions>(""),
                    out var isInUse
                );
            // What a validator or a source of secrets sees while the first snapshot is made is not what the app will have.
            if (isInUse)
                _value = value;
            return value;
        }
    }
}
