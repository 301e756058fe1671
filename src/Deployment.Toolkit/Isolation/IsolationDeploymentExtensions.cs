using Deployment.Toolkit.Isolation;
using Deployment.Toolkit.Secrecy;

namespace Deployment.Toolkit;

/// <summary>How an app's environments are kept apart.</summary>
public static class IsolationDeploymentExtensions
{
    /// <summary>
    /// Keeps environments apart: no two of them may share a database, a secret's value, a host, an account, a bucket or a queue that isn't
    /// declared to be shared. What is found keeps releases out, as the gate <c>isolation</c>, and shows in <c>deploy check</c>. Each run
    /// that succeeds records keyed fingerprints of what its environment has, for the others to compare with.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Says what is shared, denied and waived; calls add up.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddIsolation(this DeploymentBuilder builder, Action<IsolationBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var declared = builder.Registrations.Of<DeclaredIsolation>();
        declared.IsDeclared = true;
        configure?.Invoke(new IsolationBuilder(declared));
        builder.Registrations.Of<DeclaredSecrets>().Add(declared.KeySetting);
        return builder;
    }
}
