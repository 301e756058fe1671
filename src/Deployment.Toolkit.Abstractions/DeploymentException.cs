namespace Deployment.Toolkit;

/// <summary>
/// What was asked cannot be done, for a reason that the caller can mend; every fault that was found stands in <see cref="Messages"/>.
/// </summary>
public sealed class DeploymentException : Exception
{
    /// <summary>Makes the exception from what is to be said.</summary>
    /// <param name="outcome">How the command ends because of it.</param>
    /// <param name="messages">At least one message.</param>
    /// <param name="innerException">The cause, if another exception is.</param>
    public DeploymentException(DeploymentOutcome outcome, IReadOnlyList<DeploymentMessage> messages, Exception? innerException = null)
        : base(string.Join(Environment.NewLine, messages), innerException)
    {
        Outcome = outcome;
        Messages = messages;
    }

    /// <summary>How the command ends: refused, failed, or in need of attention.</summary>
    public DeploymentOutcome Outcome { get; }

    /// <summary>Every fault, each with what mends it.</summary>
    public IReadOnlyList<DeploymentMessage> Messages { get; }

    internal static DeploymentException Refused(string code, string text, Exception? inner = null) =>
        new(DeploymentOutcome.Refused, [new DeploymentMessage(code, text)], inner);

    internal static DeploymentException Failed(string code, string text, Exception? inner = null) =>
        new(DeploymentOutcome.Failed, [new DeploymentMessage(code, text)], inner);

    internal static DeploymentException NeedsAttention(string code, string text, Exception? inner = null) =>
        new(DeploymentOutcome.NeedsAttention, [new DeploymentMessage(code, text)], inner);
}
