using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit;

/// <summary>What is kept of a journal outside of it.</summary>
public static class JournalDeploymentExtensions
{
    /// <summary>Remembers the journal's head outside, so that <c>deploy verify-journal</c> finds an end that was cut off.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="anchor">The place.</param>
    /// <returns>The builder.</returns>
    public static DeploymentBuilder AddJournalAnchor(this DeploymentBuilder builder, JournalAnchor anchor)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(anchor);
        if (!builder.Registrations.Of<List<JournalAnchor>>().Contains(anchor))
            builder.Registrations.Of<List<JournalAnchor>>().Add(anchor);
        return builder;
    }
}
