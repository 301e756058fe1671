namespace Deployment.Toolkit;

/// <summary>
/// Marks a step or a C# migration whose effect cannot be taken back. Once it is done, the run has passed its point of no return
/// and is only offered the way forward.
/// </summary>
/// <param name="reason">Why there is no way back; shown in the plan.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class IrreversibleAttribute(string reason) : Attribute
{
    /// <summary>Why there is no way back.</summary>
    public string Reason { get; } = reason;
}
