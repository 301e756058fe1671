using System.Globalization;
using Deployment.Toolkit.Activation;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Renewal;

/// <summary>
/// Has the issuer make a new credential and seals it, in one step: between the two it exists in memory alone. Killed there, the step asks
/// the issuer again by the same operation.
/// </summary>
internal sealed class RenewSecretStep(
    SecretIssuer issuer,
    SealedSecrets secrets,
    IssuedSecrets issuedSecrets,
    SecretResolver resolver,
    ScopedActivator activator
) : SecretStep(issuer, secrets, issuedSecrets)
{
    internal const string StepName = "renew secret";
    internal const string GraceKey = "grace";
    internal const string NotBeforeKey = "not before";
    internal const string ExpiresKey = "expires";

    private const string SealingNote = "sealing";
    private const string Begun = "begun";

    public override string Name => StepName;

    public override async ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken)
    {
        // A rotator that cannot be made is found here, before anything is begun.
        await AskAsync(context, static _ => Task.CompletedTask).ConfigureAwait(false);
        return new StepDescription($"have the issuer of '{context.Plan.Secret}' make a new one and seal it; the one before stays valid")
        {
            WayBack = "seal the one before as current again, and have the issuer revoke the new one",
        };
    }

    public override async Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
    {
        var rotation = OwnRotation(context);
        if (rotation.New is null)
        {
            SealedRenewal.EnsureNewest(Secrets.List(), rotation.Name, Before(context));
            var made = await CreateAsync(context, rotation, cancellationToken).ConfigureAwait(false);
            Issued.Add(made.Value);
            await SealAsync(context, made, cancellationToken).ConfigureAwait(false);
        }

        resolver.Forget(rotation.Name);
        context.Write(string.Create(CultureInfo.InvariantCulture, $"'{rotation.Name}' is sealed as version {Made(context)}"));
    }

    public override async Task RevertAsync(StepContext context, CancellationToken cancellationToken)
    {
        var rotation = OwnRotation(context);
        if (IsSealing(context))
        {
            await Secrets
                .RestoreAsync(
                    rotation.Name,
                    Before(context),
                    Made(context),
                    new SealedValidity { NotBefore = Time(context, NotBeforeKey), ExpiresAt = Time(context, ExpiresKey) },
                    cancellationToken
                )
                .ConfigureAwait(false);
            resolver.Forget(rotation.Name);
            // Readers take the old one up again before the new one ends. The steps behind this one were taken back when the file was still
            // the new one.
            if (context.PreviousRelease is { } live && await activator.HasEffectAsync().ConfigureAwait(false))
                await activator.ActivateAsync(live, context, cancellationToken).ConfigureAwait(false);
        }

        await AskAsync(context, rotator => rotator.RevokeAsync(rotation, cancellationToken)).ConfigureAwait(false);
        context.Write(
            string.Create(
                CultureInfo.InvariantCulture,
                $"'{rotation.Name}' is at version {Before(context)} as before; the new one is revoked"
            )
        );
    }

    private async Task SealAsync(StepContext context, SecretValue made, CancellationToken cancellationToken)
    {
        var grace = TimeSpan.ParseExact(context.Data[GraceKey], "c", CultureInfo.InvariantCulture);
        await context.NoteAsync(SealingNote, Begun, cancellationToken).ConfigureAwait(false);
        try
        {
            await Secrets
                .RenewAsync(
                    context.Plan.Secret!,
                    Before(context),
                    Made(context),
                    made.Value,
                    grace,
                    new SealedValidity { ExpiresAt = made.ExpiresAt },
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch (DeploymentException)
        {
            // Somebody was faster: what stands in the file now is theirs, and the way back must leave it alone.
            await context.NoteAsync(SealingNote, "refused", CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    private static bool IsSealing(StepContext context) => context.Data.GetValueOrDefault(SealingNote) == Begun;

    // Before this step began to seal, a version behind the planned one is somebody else's.
    private SecretRotation OwnRotation(StepContext context) =>
        IsSealing(context) ? Rotation(context) : Rotation(context) with { New = null };

    // Nobody knows the new value yet, so nobody could mask it in what the issuer says.
    private async Task<SecretValue> CreateAsync(StepContext context, SecretRotation rotation, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(context, rotator => rotator.CreateAsync(rotation, cancellationToken)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException and not DeploymentException and not OutOfMemoryException)
        {
            var what = e is HttpRequestException { StatusCode: { } status }
                ? string.Create(CultureInfo.InvariantCulture, $"{nameof(HttpRequestException)}, status {(int)status}")
                : e.GetType().Name;
            throw DeploymentException.Failed(
                Codes.SecretIssuerFailed,
                $"The issuer of secret '{rotation.Name}' made no new one ({what}; its own words are left out, they might hold it). Look "
                    + $"at the issuer, then run 'deploy secrets renew {rotation.Name}' again. {StackText.Where}",
                new WordlessException(e)
            );
        }
    }

    private static DateTimeOffset? Time(StepContext context, string key) =>
        context.Data.TryGetValue(key, out var text)
            ? DateTimeOffset.ParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind)
            : null;
}
