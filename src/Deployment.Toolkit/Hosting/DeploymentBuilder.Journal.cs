using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit;

public sealed partial class DeploymentBuilder
{
    /// <summary>Remembers the journal's head outside, so that <c>deploy verify-journal</c> finds an end that was cut off.</summary>
    /// <param name="anchor">The place.</param>
    /// <returns>The same builder.</returns>
    public DeploymentBuilder AddJournalAnchor(JournalAnchor anchor)
    {
        ArgumentNullException.ThrowIfNull(anchor);
        if (!_model.Anchors.Contains(anchor)) _model.Anchors.Add(anchor);
        return this;
    }
}
