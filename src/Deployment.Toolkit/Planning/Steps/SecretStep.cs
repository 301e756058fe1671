using System.Globalization;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Registration;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Rotation;

namespace Deployment.Toolkit.Planning.Steps;

/// <summary>
/// A step of a renewal. Values never stand in a plan or record: a step finds them in the sealed file, by the version that the plan names.
/// Every effect can be repeated, since the issuer knows the operation by its id.
/// </summary>
internal abstract class SecretStep(DeploymentParts parts) : DeploymentStep
{
    internal const string BeforeKey = "version before";
    internal const string MadeKey = "version made";
    internal const string OperationKey = "operation";

    public override bool IsIdempotent => true;

    protected DeploymentParts Parts => parts;

    protected static long Before(StepContext context) => long.Parse(context.Data[BeforeKey], CultureInfo.InvariantCulture);

    /// <summary>The number of the version that is made: not always the one behind, since a number that was taken back is not given again.</summary>
    protected static long Made(StepContext context) => long.Parse(context.Data[MadeKey], CultureInfo.InvariantCulture);

    /// <summary>Asks the issuer through a rotator that is made for it and disposed afterwards.</summary>
    protected Task AskAsync(StepContext context, Func<ISecretRotator, Task> work) => AskAsync(context, async rotator =>
    {
        await work(rotator).ConfigureAwait(false);
        return true;
    });

    protected Task<TResult> AskAsync<TResult>(StepContext context, Func<ISecretRotator, Task<TResult>> work)
    {
        var registration = Registration(context);
        return OwnScope.UseAsync(parts.Services, $"Rotator {registration.Type.Name} of secret '{registration.Secret}'", registration.Create, parts.Logger, work);
    }

    private RotatorRegistration Registration(StepContext context) => parts.Rotators.Find(context.Plan.Secret!) ?? throw DeploymentException.NeedsAttention(
        Codes.SecretNotRenewable, $"Secret '{context.Plan.Secret}' is being renewed, and this binary has no rotator for it. Run the command again with a binary that has it: AddSecretRotator<…>(\"{context.Plan.Secret}\", …).");

    /// <summary>The operation with the values that the sealed file has of it. From here on they are masked wherever they turn up.</summary>
    protected SecretRotation Rotation(StepContext context)
    {
        var name = context.Plan.Secret!;
        var before = Before(context);
        var rotation = new SecretRotation(name, context.Data.GetValueOrDefault(OperationKey, context.RunId), context.Environment)
        {
            Old = parts.SealedSecrets.Peek(name, before),
            New = parts.SealedSecrets.Peek(name, Made(context)),
        };
        if (rotation.Old is { } old) parts.Issued.Add(old);
        if (rotation.New is { } issued) parts.Issued.Add(issued);
        return rotation;
    }
}
