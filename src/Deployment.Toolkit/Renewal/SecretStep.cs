using System.Globalization;
using Deployment.Toolkit.Secrets;

namespace Deployment.Toolkit.Renewal;

/// <summary>
/// A step of a renewal. Values never stand in a plan or record: a step finds them in the sealed file, by the version that the plan names.
/// Every effect can be repeated, since the issuer knows the operation by its id.
/// </summary>
internal abstract class SecretStep(SecretIssuer issuer, SealedSecrets secrets, IssuedSecrets issuedSecrets) : DeploymentStep
{
    internal const string BeforeKey = "version before";
    internal const string MadeKey = "version made";
    internal const string OperationKey = "operation";

    public override bool IsIdempotent => true;

    protected SealedSecrets Secrets => secrets;

    protected IssuedSecrets Issued => issuedSecrets;

    protected static long Before(StepContext context) => long.Parse(context.Data[BeforeKey], CultureInfo.InvariantCulture);

    /// <summary>
    /// The number of the version that is made: not always the one behind, since a number that was taken back is not given again.
    /// </summary>
    protected static long Made(StepContext context) => long.Parse(context.Data[MadeKey], CultureInfo.InvariantCulture);

    protected Task AskAsync(StepContext context, Func<SecretRotator, Task> work) => issuer.AskAsync(context.Plan.Secret!, work);

    protected Task<TResult> AskAsync<TResult>(StepContext context, Func<SecretRotator, Task<TResult>> work) =>
        issuer.AskAsync(context.Plan.Secret!, work);

    /// <summary>The operation with the values that the sealed file has of it. From here on they are masked wherever they turn up.</summary>
    protected SecretRotation Rotation(StepContext context)
    {
        var name = context.Plan.Secret!;
        var before = Before(context);
        var rotation = new SecretRotation
        {
            Name = name,
            Operation = context.Data.GetValueOrDefault(OperationKey, context.RunId),
            Environment = context.Environment,
            Old = secrets.Peek(name, before),
            New = secrets.Peek(name, Made(context)),
        };
        if (rotation.Old is { } old)
            issuedSecrets.Add(old);
        if (rotation.New is { } issued)
            issuedSecrets.Add(issued);
        return rotation;
    }
}
